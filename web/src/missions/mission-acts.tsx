'use client';
import type { Mission } from '@aether/contracts/mission-schemas';
import { Check, Pause, Play, RotateCcw, Sparkles, Trash2, Undo2, X } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { useMay } from '@/api/session';
import { Button } from '@/ui/button';
import { Confirm, Dialog } from '@/ui/dialog';
import { Fault } from '@/ui/feedback';
import { TextArea } from '@/ui/field';

type Asked = 'cancel' | 'delete' | 'rollback' | 'replan' | null;

const ended = new Set(['completed', 'failed', 'cancelled']);

/** What may be done with a mission in its state; the first is what one most likely wants. */
export function MissionActs({ mission }: { readonly mission: Mission }) {
  const { id, state } = mission;
  const may = useMay();
  const router = useRouter();
  const [asked, setAsked] = useState<Asked>(null);
  const [comment, setComment] = useState('');
  const close = () => setAsked(null);
  const approve = useChange('POST /api/v1/missions/{id}/approve');
  const pause = useChange('POST /api/v1/missions/{id}/pause');
  const resume = useChange('POST /api/v1/missions/{id}/resume');
  const plan = useChange('POST /api/v1/missions/{id}/plan', { onDone: close });
  const cancel = useChange('POST /api/v1/missions/{id}/cancel', { onDone: close });
  const rollback = useChange('POST /api/v1/missions/{id}/rollback', { onDone: close });
  const remove = useChange('DELETE /api/v1/missions/{id}', { onDone: () => router.push('/missions/') });
  if (!may('missions:write')) return null;

  const hasTasks = Object.values(mission.tasks).some((count) => count > 0);
  const canApprove = state === 'proposed' || (state === 'draft' && hasTasks);
  const isMerged = ended.has(state) && mission.branch !== null && (mission.tasks.accepted ?? 0) > 0;
  return (
    <>
      <Fault error={approve.error ?? pause.error ?? resume.error} className="max-w-80" />
      {(state === 'proposed' || state === 'draft') && (
        <Button onClick={() => setAsked('replan')}>
          <Sparkles aria-hidden /> {state === 'proposed' ? 'Another plan' : 'Ask for a plan'}
        </Button>
      )}
      {canApprove && (
        <Button look="primary" busy={approve.isPending} onClick={() => approve.mutate({ id })}>
          <Check aria-hidden /> Approve and start
        </Button>
      )}
      {state === 'running' && (
        <Button busy={pause.isPending} onClick={() => pause.mutate({ id })}>
          <Pause aria-hidden /> Pause
        </Button>
      )}
      {state === 'paused' && (
        <Button look="primary" busy={resume.isPending} onClick={() => resume.mutate({ id })}>
          <Play aria-hidden /> Resume
        </Button>
      )}
      {!ended.has(state) && (
        <Button look="danger" onClick={() => setAsked('cancel')}>
          <X aria-hidden /> Cancel
        </Button>
      )}
      {isMerged && (
        <Button onClick={() => setAsked('rollback')}>
          <Undo2 aria-hidden /> Take back
        </Button>
      )}
      {ended.has(state) && (
        <Button look="danger" onClick={() => setAsked('delete')}>
          <Trash2 aria-hidden /> Delete
        </Button>
      )}

      <Dialog
        open={asked === 'replan'}
        onClose={close}
        title={state === 'proposed' ? 'Ask for another plan' : 'Ask Jason for a plan'}
      >
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            plan.mutate({ id, ...(comment.trim() && { comment }) });
          }}
        >
          <TextArea
            label="What should be different?"
            optional
            autoFocus
            rows={4}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
            hint="Tasks that were not begun are replaced."
          />
          <Fault error={plan.error} />
          <div className="flex justify-end">
            <Button type="submit" look="primary" busy={plan.isPending}>
              <RotateCcw aria-hidden /> Make a plan
            </Button>
          </div>
        </form>
      </Dialog>
      <Confirm
        open={asked === 'cancel'}
        onClose={close}
        title="Cancel this mission?"
        verb="Cancel the mission"
        onConfirm={() => cancel.mutate({ id })}
        busy={cancel.isPending}
        error={cancel.error}
      >
        Tasks that run are stopped. Their work is kept in refs of the repository; what was merged stays in the
        mission's branch.
      </Confirm>
      <Confirm
        open={asked === 'rollback'}
        onClose={close}
        title="Take the merged work back?"
        verb="Take it back"
        onConfirm={() => rollback.mutate({ id })}
        busy={rollback.isPending}
        error={rollback.error}
      >
        The branch <code className="font-mono text-12">{mission.branch}</code> goes back to where it began.
        The merges stay under a ref.
      </Confirm>
      <Confirm
        open={asked === 'delete'}
        onClose={close}
        title="Delete this mission?"
        verb="Delete"
        onConfirm={() => remove.mutate({ id })}
        busy={remove.isPending}
        error={remove.error}
      >
        Its tasks, thread and artifacts go for good. Branches of the repository stay.
      </Confirm>
    </>
  );
}
