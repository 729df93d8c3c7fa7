import { History, textOf, type HistoryRow } from '../gateway/frames.js';
import { outcomes } from './outcomes.js';
import type { Outcome } from './message.entity.js';
import type { Turn } from './turn.js';

/** What the gateway's own record says of a turn. */
export type Verdict =
  | { readonly kind: 'absent' }
  | { readonly kind: 'running'; readonly runId: string | null; readonly text: string | null }
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  /** It was begun and is not running: the gateway may still go on with it by itself. */
  | { readonly kind: 'interrupted' };

/** What the gateway writes in place of a text that is too long for an answer. */
const OMITTED = '[chat.history omitted';

/** Reads a `chat.history` answer for one turn, found by its idempotency key; `rows` are those that came of it. */
export function judge(
  answer: unknown,
  turn: Pick<Turn, 'runId' | 'adoptedRunId' | 'text'>,
): { verdict: Verdict; rows: readonly HistoryRow[] } {
  const history = History.parse(answer);
  const at = history.messages.findIndex((row) => row.idempotencyKey === `${turn.runId}:user`);
  const rows = at < 0 ? [] : history.messages.slice(at + 1);
  const { inFlightRun, sessionInfo } = history;
  if (inFlightRun) {
    const { runId, text = null } = inFlightRun;
    // Before its row is written, only its own name tells a run of this turn from an older one.
    const isOurs = at >= 0 || runId === turn.runId || runId === turn.adoptedRunId;
    return { verdict: isOurs ? { kind: 'running', runId, text } : { kind: 'absent' }, rows };
  }
  if (sessionInfo?.hasActiveRun) return { verdict: { kind: 'running', runId: null, text: null }, rows };
  if (at < 0) return { verdict: { kind: 'absent' }, rows };
  const last = rows.filter((row) => row.role === 'assistant').at(-1);
  const outcome = last && outcomeOf(last, turn.text);
  return { verdict: outcome ? { kind: 'ended', outcome } : { kind: 'interrupted' }, rows };
}

function outcomeOf(row: HistoryRow, known: string): Outcome | null {
  const told = textOf(row);
  const text = told.startsWith(OMITTED) ? known : told;
  if (row.openclawAbort) return outcomes.aborted(text);
  if (row.stopReason === 'stop' || row.stopReason === 'length') return outcomes.complete(text);
  if (row.stopReason === 'error') return outcomes.agentFailed(text);
  return null;
}
