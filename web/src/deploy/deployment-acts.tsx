'use client';
import type { Deployment } from '@aether/contracts/deployment';
import { Bookmark, MessageSquare, Play, RotateCw, Square, Trash2, Wrench } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { useMay } from '@/api/session';
import { useTalk } from '@/chat/use-talk';
import { Button, IconButton } from '@/ui/button';
import { Confirm } from '@/ui/dialog';
import { Fault } from '@/ui/feedback';
import { canBegin } from './steps';
import { SavePreset } from './template-acts';

/** What may be done with a deployment in its state; the first is what one most likely wants. */
export function DeploymentActs({ deployment }: { readonly deployment: Deployment }) {
  const { id, name } = deployment;
  const may = useMay();
  const router = useRouter();
  const [asked, setAsked] = useState<'stop' | 'delete' | 'preset' | null>(null);
  const close = () => setAsked(null);
  const refresh = ['GET /api/v1/deployments', 'GET /api/v1/deployments/{id}'] as const;
  const start = useChange('POST /api/v1/deployments/{id}/start', { refresh });
  const restart = useChange('POST /api/v1/deployments/{id}/restart', { refresh });
  const repair = useChange('POST /api/v1/deployments/{id}/repair', { refresh });
  const stop = useChange('POST /api/v1/deployments/{id}/stop', { refresh, onDone: close });
  const remove = useChange('DELETE /api/v1/deployments/{id}', {
    refresh,
    onDone: () => router.push('/deployments/'),
  });
  const talk = useTalk();
  const chat = deployment.state === 'ready' && may('chats:write') && (
    <Button look="primary" busy={talk.isPending} onClick={() => talk.mutate({ deploymentId: id })}>
      <MessageSquare aria-hidden /> Chat
    </Button>
  );
  if (!may('deployments:write')) return chat;
  return (
    <>
      <Fault error={start.error ?? restart.error ?? repair.error ?? talk.error} className="max-w-80" />
      {chat}
      {canBegin('start', deployment) && (
        <Button look="primary" busy={start.isPending} onClick={() => start.mutate({ id })}>
          <Play aria-hidden /> Start
        </Button>
      )}
      {canBegin('repair', deployment) && (
        <Button busy={repair.isPending} onClick={() => repair.mutate({ id })}>
          <Wrench aria-hidden /> Repair
        </Button>
      )}
      {canBegin('restart', deployment) && (
        <Button busy={restart.isPending} onClick={() => restart.mutate({ id })}>
          <RotateCw aria-hidden /> Restart
        </Button>
      )}
      {canBegin('stop', deployment) && (
        <Button onClick={() => setAsked('stop')}>
          <Square aria-hidden /> Stop
        </Button>
      )}
      {may('templates:write') && (
        <IconButton label="Save as a preset" onClick={() => setAsked('preset')}>
          <Bookmark aria-hidden />
        </IconButton>
      )}
      {asked === 'preset' && <SavePreset deployment={deployment} onClose={close} />}
      {canBegin('delete', deployment) && (
        <IconButton label="Delete" className="hover:text-bad" onClick={() => setAsked('delete')}>
          <Trash2 aria-hidden />
        </IconButton>
      )}
      <Confirm
        open={asked === 'stop'}
        onClose={close}
        title={`Stop ${name}?`}
        verb="Stop it"
        onConfirm={() => stop.mutate({ id })}
        busy={stop.isPending}
        error={stop.error}
      >
        Turns that run are finished first. Its state stays, and it can be started again.
      </Confirm>
      <Confirm
        open={asked === 'delete'}
        onClose={close}
        title={`Delete ${name}?`}
        verb="Delete it with its state"
        onConfirm={() => remove.mutate({ id })}
        busy={remove.isPending}
        error={remove.error}
      >
        The gateway is stopped, and its configuration, memory, workspace and chats go for good.
      </Confirm>
    </>
  );
}
