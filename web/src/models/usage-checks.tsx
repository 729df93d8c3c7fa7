'use client';
import type { UsageCheckSum } from '@aether/contracts/usage-checks';
import { CircleCheck, Scale, TriangleAlert } from 'lucide-react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Part } from '@/settings/part';
import { Button } from '@/ui/button';
import { Fault, Loaded } from '@/ui/feedback';
import { compact, money, plural } from '@/ui/words';

const LOOK_EVERY_MS = 30_000;
const SUMS = 'GET /api/v1/usage/checks/summary';

/** The ledger held against what the gateways believe: all of them, or the one of a deployment. */
export function UsageChecks({ deploymentId }: { readonly deploymentId?: string }) {
  const may = useMay();
  const of = deploymentId ? { deploymentId } : {};
  const sums = useRead(SUMS, of, { everyMs: LOOK_EVERY_MS });
  const deployments = useRead(
    'GET /api/v1/deployments',
    { limit: 200 },
    { enabled: !deploymentId && may('deployments:read') },
  );
  const check = useChange('POST /api/v1/usage/checks', { refresh: [SUMS] });
  const nameOf = (id: string) =>
    deployments.data?.items.find((each) => each.id === id)?.name ?? `Gateway …${id.slice(-8)}`;
  const left = check.data?.left ?? 0;
  return (
    <Part
      title="Ledger and gateways"
      lead="What is booked here, held against each gateway's own record of its model calls a moment after every turn."
      action={
        may('deployments:write') && (
          <Button busy={check.isPending} onClick={() => check.mutate(of)}>
            <Scale aria-hidden /> Check now
          </Button>
        )
      }
    >
      <Loaded query={sums}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-dim">No chat has used a model yet.</p>
          ) : (
            <ul className="divide-y divide-line">
              {items.map((sum) => (
                <CheckRow
                  key={sum.deploymentId}
                  sum={sum}
                  name={deploymentId ? null : nameOf(sum.deploymentId)}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {left > 0 && (
        <p className="mt-3 text-12 text-dim">{plural(left, 'more chat')} checked in the background.</p>
      )}
      <Fault error={check.error} className="mt-3" />
    </Part>
  );
}

function CheckRow({ sum, name }: { readonly sum: UsageCheckSum; readonly name: string | null }) {
  const { ledger, gateway, chats, differing, waiting, givenUp, notes, outsideChats } = sum;
  const isGood = differing === 0;
  const Icon = isGood ? CircleCheck : TriangleAlert;
  const unreached = waiting + givenUp;
  const tokens = (side: UsageCheckSum['ledger']) => compact(side.inputTokens + side.outputTokens);
  return (
    <li className="flex gap-3 py-3">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${isGood ? 'text-good' : 'text-bad'}`} />
      <div className="min-w-0 flex-1 space-y-1">
        <p className="flex flex-wrap justify-between gap-x-4">
          <span className="font-medium">
            {name && `${name}: `}
            {isGood ? 'agrees' : `${plural(differing, 'chat')} of ${chats} without an explanation`}
          </span>
          <span className="figures text-12 text-dim">
            ledger {plural(ledger.calls, 'call')}, {tokens(ledger)} tokens, {money(ledger.costUsd)} · gateway{' '}
            {plural(gateway.calls, 'call')}, {tokens(gateway)} tokens, {money(gateway.costUsd)}
          </span>
        </p>
        {notes.map((note) => (
          <p key={note} className="text-12 text-dim">
            {note}
          </p>
        ))}
        {outsideChats.calls > 0 && (
          <p className="text-12 text-dim">
            {plural(outsideChats.calls, 'more call')} of no chat here: by other programs, or in sessions that
            were begun at the gateway.
          </p>
        )}
        {unreached > 0 && (
          <p className="text-12 text-dim">
            {plural(unreached, 'chat')} still to be checked{givenUp > 0 && ', since the gateway was away'}.
          </p>
        )}
      </div>
    </li>
  );
}
