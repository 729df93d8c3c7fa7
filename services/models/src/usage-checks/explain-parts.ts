import type { CallSum, CheckedParts } from '@aether/contracts/usage-checks';

/** Prices that differ by less are the same price, rounded otherwise. */
const PRICE_TOLERANCE = 0.01;

/** What was found, in sentences, gravest first; none where both sides agree. */
export function explainParts(found: { ledger: CallSum; gateway: CallSum; parts: CheckedParts }): string[] {
  const { elsewhere, lost, recounted, unfinished, untold } = found.parts;
  const told: [CallSum, (what: string) => string][] = [
    [
      elsewhere,
      (what) =>
        `The gateway made ${what} with a provider of its own, ${money(elsewhere)} by its own prices: no budget of Aether held them.`,
    ],
    [
      lost,
      (what) =>
        `The gateway tells of ${what} by Aether that are not in the ledger: their usage was lost here, or they went to another address.`,
    ],
    [
      recounted,
      (what) =>
        `The gateway counts ${what} otherwise than the ledger, which has what the provider reported, or an estimate where it reported nothing.`,
    ],
    [
      unfinished,
      (what) =>
        `The ledger has ${what} that were aborted, failed or had no figures of the provider: gateways do not count those.`,
    ],
    [
      untold,
      (what) =>
        `The ledger has ${what} without a row at the gateway: it made them for titles or summaries, or has removed the rows.`,
    ],
  ];
  const notes = told.flatMap(([part, sentence]) => (part.calls > 0 ? [sentence(amount(part))] : []));
  return [...notes, ...priceNote(found)];
}

/** Of what both sides have: the gateway keeps the prices it was deployed with. */
function priceNote({ ledger, gateway, parts }: Parameters<typeof explainParts>[0]): string[] {
  if (parts.recounted.calls > 0) return [];
  const theirs = gateway.costUsd - parts.lost.costUsd - parts.elsewhere.costUsd;
  const ours = parts.equal.costUsd;
  if (ledger.calls === 0 || Math.abs(theirs - ours) <= PRICE_TOLERANCE * Math.max(theirs, ours)) return [];
  return [
    `For the same calls the gateway reckons ${dollars(theirs)} and the ledger ${dollars(ours)}: prices are told to agents when they are deployed. The ledger counts.`,
  ];
}

function amount({ calls, inputTokens, outputTokens }: CallSum): string {
  const tokens = (inputTokens + outputTokens).toLocaleString('en');
  return `${calls.toLocaleString('en')} ${calls === 1 ? 'call' : 'calls'} (${tokens} tokens)`;
}

const dollars = (usd: number) => `$${usd.toFixed(4)}`;
const money = ({ costUsd }: CallSum) => dollars(costUsd);
