import {
  GATEWAY_PROVIDER,
  type CallSum,
  type CheckedParts,
  type Finding,
  type GatewayCall,
} from '@aether/contracts/usage-checks';
import type { Usage } from '../usage/usage.entity.js';

export type LedgerCall = Pick<
  Usage,
  'responseId' | 'inputTokens' | 'outputTokens' | 'costUsd' | 'estimated' | 'outcome' | 'at'
>;

export interface Comparison {
  readonly finding: Finding;
  readonly ledger: CallSum;
  readonly gateway: CallSum;
  readonly parts: CheckedParts;
}

interface Counted {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
}
type Pair = readonly [LedgerCall, GatewayCall];

/** Holds both records of a session against each other, call by call. Before `since` the gateway has no rows any more. */
export function compareCalls(
  written: readonly LedgerCall[],
  told: readonly GatewayCall[],
  since: Date | null,
): Comparison {
  const { pairs, onlyWritten, onlyTold } = paired(written, told);
  const open = onlyWritten.filter(({ at }) => since === null || at >= since);
  const isUnfinished = ({ outcome, estimated }: LedgerCall) => outcome !== 'complete' || estimated;
  const isOurs = ({ provider }: GatewayCall) => provider === GATEWAY_PROVIDER;
  const isEqual = ([ours, theirs]: Pair) => sameTokens(ours, theirs);
  const recounted = pairs.filter((pair) => !isEqual(pair));
  const parts: CheckedParts = {
    equal: sumOf(pairs.filter(isEqual).map(([ours]) => ours)),
    recounted: sumOf(recounted.map(([, theirs]) => theirs)),
    unfinished: sumOf(open.filter(isUnfinished)),
    untold: sumOf(open.filter((call) => !isUnfinished(call))),
    lost: sumOf(onlyTold.filter(isOurs)),
    elsewhere: sumOf(onlyTold.filter((call) => !isOurs(call))),
  };
  const differs = onlyTold.length > 0 || recounted.some(([ours]) => !isUnfinished(ours));
  const agrees = open.length === 0 && recounted.length === 0;
  return {
    finding: differs ? 'differs' : agrees ? 'agrees' : 'explained',
    ledger: sumOf([...pairs.map(([ours]) => ours), ...open]),
    gateway: sumOf(told),
    parts,
  };
}

/** Adds sums of the same kind. */
export const addSums = (sums: readonly CallSum[]): CallSum =>
  sums.reduce(
    (total, sum) => ({
      calls: total.calls + sum.calls,
      inputTokens: total.inputTokens + sum.inputTokens,
      outputTokens: total.outputTokens + sum.outputTokens,
      costUsd: total.costUsd + sum.costUsd,
    }),
    { calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 },
  );

const sumOf = (calls: readonly Counted[]): CallSum =>
  addSums(calls.map((call) => ({ ...call, calls: 1, costUsd: call.costUsd ?? 0 })));

const sameTokens = (ours: Counted, theirs: Counted) =>
  ours.inputTokens === theirs.inputTokens && ours.outputTokens === theirs.outputTokens;
const sameAnswer = (ours: LedgerCall, theirs: GatewayCall) =>
  ours.responseId !== null && ours.responseId === theirs.responseId;
/** Calls that were written down before their answers' names were, and providers that give none. */
const couldBe = (ours: LedgerCall, theirs: GatewayCall) =>
  (ours.responseId === null || theirs.responseId === null) && theirs.provider === GATEWAY_PROVIDER;

/** The surest likeness first, since some servers give every answer the same name. */
const likenesses: readonly ((ours: LedgerCall, theirs: GatewayCall) => boolean)[] = [
  (ours, theirs) => sameAnswer(ours, theirs) && sameTokens(ours, theirs),
  sameAnswer,
  (ours, theirs) => couldBe(ours, theirs) && sameTokens(ours, theirs),
];

function paired(written: readonly LedgerCall[], told: readonly GatewayCall[]) {
  const onlyWritten = new Set(written);
  const onlyTold = new Set(told);
  const pairs: Pair[] = [];
  for (const alike of likenesses)
    for (const theirs of onlyTold) {
      const ours = [...onlyWritten].find((call) => alike(call, theirs));
      if (!ours) continue;
      onlyWritten.delete(ours);
      onlyTold.delete(theirs);
      pairs.push([ours, theirs]);
    }
  return { pairs, onlyWritten: [...onlyWritten], onlyTold: [...onlyTold] };
}
