import { describe, expect, test } from '@jest/globals';
import type { GatewayCall } from '@aether/contracts/usage-checks';
import { compareCalls, type LedgerCall } from '../src/usage-checks/compare-calls.js';
import { explainParts } from '../src/usage-checks/explain-parts.js';

const at = new Date('2026-11-29T10:00:00Z');
const written = (responseId: string | null, more: Partial<LedgerCall> = {}): LedgerCall => ({
  ...{
    responseId,
    inputTokens: 100,
    outputTokens: 10,
    costUsd: 0.01,
    estimated: false,
    outcome: 'complete',
    at,
  },
  ...more,
});
const told = (responseId: string | null, more: Partial<GatewayCall> = {}): GatewayCall => ({
  ...{ responseId, provider: 'aether', model: 'default', inputTokens: 100, cachedInputTokens: 0 },
  ...{ outputTokens: 10, costUsd: 0.01, ...more },
});

const counts = (ledger: LedgerCall[], gateway: GatewayCall[], since: Date | null = null) => {
  const found = compareCalls(ledger, gateway, since);
  const parts = Object.entries(found.parts).flatMap(([name, { calls }]) =>
    calls > 0 ? [[name, calls]] : [],
  );
  return { finding: found.finding, ...Object.fromEntries(parts) } as unknown;
};

describe('the ledger held against a gateway', () => {
  test('agrees where both have the same calls, in any order', () => {
    expect(counts([written('a'), written('b')], [told('b'), told('a')])).toEqual({
      finding: 'agrees',
      equal: 2,
    });
    expect(counts([], [])).toEqual({ finding: 'agrees' });
  });

  test('knows calls without a name by their tokens, each once', () => {
    const ledger = [written(null), written(null, { inputTokens: 7 })];
    expect(counts(ledger, [told('a'), told('b', { inputTokens: 7 })])).toEqual({
      finding: 'agrees',
      equal: 2,
    });
    expect(counts([written(null)], [told('a'), told('b')])).toEqual({
      finding: 'differs',
      equal: 1,
      lost: 1,
    });
  });

  test('tells answers of the same name apart by their tokens', () => {
    const ledger = [written('same', { outputTokens: 3 }), written('same')];
    const gateway = [told('same'), told('same', { outputTokens: 3 })];
    expect(counts(ledger, gateway)).toEqual({ finding: 'agrees', equal: 2 });
  });

  test.each([
    ['aborted', written('a', { outcome: 'aborted', estimated: true })],
    ['failed', written(null, { outcome: 'failed' })],
    ['estimated', written(null, { estimated: true })],
  ])('explains a call that was %s and that the gateway has no figures of', (_what, call) => {
    expect(counts([call, written('b')], [told('b')])).toEqual({
      finding: 'explained',
      equal: 1,
      unfinished: 1,
    });
  });

  test('explains complete calls that the gateway keeps no rows of, and leaves out those before its oldest row', () => {
    const early = written('early', { at: new Date('2026-11-01T00:00:00Z') });
    expect(counts([early, written('a')], [told('a')])).toEqual({ finding: 'explained', equal: 1, untold: 1 });
    expect(counts([early, written('a')], [told('a')], at)).toEqual({ finding: 'agrees', equal: 1 });
  });

  test('differs where a call was counted otherwise, unless it was estimated here', () => {
    const other = told('a', { outputTokens: 12 });
    expect(counts([written('a')], [other])).toEqual({ finding: 'differs', recounted: 1 });
    const guessed = written('a', { estimated: true });
    expect(counts([guessed], [other])).toEqual({ finding: 'explained', recounted: 1 });
  });

  test('differs where usage was lost, and where the gateway asked a provider of its own, and says which', () => {
    const elsewhere = told('c', { provider: 'openai', costUsd: 0.5 });
    const found = compareCalls([written('a')], [told('a'), told('b'), elsewhere], null);
    expect(found).toMatchObject({
      finding: 'differs',
      parts: {
        equal: { calls: 1 },
        lost: { calls: 1, inputTokens: 100 },
        elsewhere: { calls: 1, costUsd: 0.5 },
      },
    });
    expect(explainParts(found)).toEqual([
      expect.stringMatching(/1 call \(110 tokens\) with a provider of its own, \$0\.5000/),
      expect.stringMatching(/1 call \(110 tokens\) by Aether that are not in the ledger/),
    ]);
  });

  test('finds a call of an endpoint under another name by its answer', () => {
    expect(counts([written('a')], [told('a', { provider: 'mine' })])).toEqual({
      finding: 'agrees',
      equal: 1,
    });
    expect(counts([written(null)], [told('a', { provider: 'mine' })])).toMatchObject({ elsewhere: 1 });
  });

  test('says where both reckon with other prices', () => {
    expect(explainParts(compareCalls([written('a')], [told('a', { costUsd: 0 })], null))).toEqual([
      expect.stringContaining('gateway reckons $0.0000 and the ledger $0.0100'),
    ]);
    expect(explainParts(compareCalls([written('a')], [told('a', { costUsd: 0.01005 })], null))).toEqual([]);
  });
});
