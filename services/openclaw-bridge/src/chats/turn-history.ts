import { History, textOf, type HistoryRow } from '../gateway/frames.js';
import type { Outcome } from './message.entity.js';
import type { Turn } from './turn.js';

/** What the gateway's own record says of a turn. */
export type Verdict =
  | { readonly kind: 'absent' }
  | { readonly kind: 'running'; readonly runId: string | null; readonly text: string | null }
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  /** It was begun and is not running: the gateway may still go on with it by itself. */
  | { readonly kind: 'interrupted'; readonly text: string };

/** Reads a `chat.history` answer for one turn, found by its idempotency key. */
export function judge(answer: unknown, turn: Pick<Turn, 'runId'>): Verdict {
  const history = History.parse(answer);
  const at = history.messages.findIndex((row) => row.idempotencyKey === `${turn.runId}:user`);
  const running = Boolean(history.inFlightRun) || history.sessionInfo?.hasActiveRun === true;
  if (at < 0) return running ? runningOf(history) : { kind: 'absent' };
  if (running) return runningOf(history);
  const replies = history.messages.slice(at + 1).filter((row) => row.role === 'assistant');
  const last = replies.at(-1);
  if (!last) return { kind: 'interrupted', text: '' };
  const text = textOf(last);
  const ended = outcomeOf(last, text);
  return ended ? { kind: 'ended', outcome: ended } : { kind: 'interrupted', text };
}

function runningOf(history: History): Verdict {
  return {
    kind: 'running',
    runId: history.inFlightRun?.runId ?? null,
    text: history.inFlightRun?.text ?? null,
  };
}

function outcomeOf(row: HistoryRow, text: string): Outcome | null {
  switch (row.stopReason) {
    case 'stop':
    case 'length':
      return { state: 'complete', text, reason: null };
    case 'error':
      return {
        state: 'failed',
        text,
        reason: {
          code: 'agent_failed',
          cause: 'The agent failed before it had answered.',
          remedy: 'See the agent’s log, then send the message again.',
        },
      };
    default:
      return null;
  }
}
