'use client';
import type { Task } from '@aether/contracts/mission-schemas';
import { Check, CornerUpLeft, Send } from 'lucide-react';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { useKeys } from '@/frame/keys';
import { Button } from '@/ui/button';
import { Fault } from '@/ui/feedback';
import { TextArea } from '@/ui/field';

/** A person's verdict on reported work, or the answer to what an agent asked. */
export function ReviewBar({ task }: { readonly task: Task }) {
  const [comment, setComment] = useState('');
  const [isSendingBack, setSendingBack] = useState(false);
  const refresh = ['GET /api/v1/tasks'] as const;
  const review = useChange('POST /api/v1/tasks/{id}/review', { refresh });
  const answer = useChange('POST /api/v1/tasks/{id}/answer', { refresh });
  const { id, attemptId } = task;
  const accept = () => attemptId && review.mutate({ id, attemptId, verdict: 'accept' });
  useKeys(
    task.state === 'reported' && !isSendingBack && !review.isPending
      ? { a: accept, r: () => setSendingBack(true) }
      : {},
  );

  if (task.state === 'asking')
    return (
      <form
        className="space-y-3 border-t border-line bg-surface p-4"
        onSubmit={(event) => {
          event.preventDefault();
          answer.mutate({ id, text: comment });
        }}
      >
        {task.reason && (
          <p className="rounded-control bg-wait-quiet px-3 py-2 text-wait">{task.reason.cause}</p>
        )}
        <TextArea
          label="Your answer"
          required
          rows={2}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
        <Fault error={answer.error} />
        <Button type="submit" look="primary" busy={answer.isPending}>
          <Send aria-hidden /> Answer
        </Button>
      </form>
    );
  if (task.state !== 'reported' || !attemptId) return null;
  return (
    <div className="space-y-3 border-t border-line bg-surface p-4">
      {isSendingBack && (
        <TextArea
          label="What should change?"
          required
          autoFocus
          rows={3}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
          hint="The next attempt is told."
        />
      )}
      <Fault error={review.error} />
      <div className="flex flex-wrap gap-2">
        {!isSendingBack && (
          <Button look="primary" busy={review.isPending} aria-keyshortcuts="A" onClick={accept}>
            <Check aria-hidden /> Accept
          </Button>
        )}
        {isSendingBack ? (
          <>
            <Button
              look="primary"
              busy={review.isPending}
              disabled={comment.trim() === ''}
              onClick={() => review.mutate({ id, attemptId, verdict: 'send-back', comment })}
            >
              <CornerUpLeft aria-hidden /> Send back
            </Button>
            <Button look="quiet" onClick={() => setSendingBack(false)}>
              Not now
            </Button>
          </>
        ) : (
          <Button aria-keyshortcuts="R" onClick={() => setSendingBack(true)}>
            <CornerUpLeft aria-hidden /> Send back…
          </Button>
        )}
      </div>
    </div>
  );
}
