'use client';
import type { Deployment } from '@aether/contracts/deployment';
import { Check } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useRead } from '@/api/queries';
import { Body, Page } from '@/frame/page';
import { useQueryState } from '@/frame/query-state';
import { ButtonLink } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Loaded } from '@/ui/feedback';
import { AgentPhase } from './agent-phase';
import { EnvironmentPhase } from './environment-phase';
import { keepLeftAt, leftAt } from './left-at';
import { ModelPhase } from './model-phase';
import { ReadyPhase } from './ready-phase';

const phases = [
  { id: 'account', label: 'Account' },
  { id: 'environment', label: 'This machine' },
  { id: 'model', label: 'Model' },
  { id: 'agent', label: 'First agent' },
  { id: 'ready', label: 'Ready' },
] as const;
type PhaseId = (typeof phases)[number]['id'];

const living = (deployments: readonly Deployment[]) =>
  deployments.filter(({ state }) => state !== 'deleted' && state !== 'deleting');

const hasReady = (deployments: readonly Deployment[]) => deployments.some(({ state }) => state === 'ready');

/** How far a system is by what it has; where it has nothing yet, the phase that was left. */
function phaseOf(deployments: readonly Deployment[]): PhaseId {
  if (hasReady(deployments)) return 'ready';
  if (deployments.length > 0) return 'agent';
  const left = leftAt();
  return left === 'model' || left === 'agent' ? left : 'environment';
}

/**
 * From the account to the first work. The address says the phase; whoever comes without one goes on where they left,
 * by Home and the commands, which lead here until there is an agent.
 */
export function Welcome() {
  const deployments = useRead('GET /api/v1/deployments', { limit: 200 });
  return (
    <Page
      title="Welcome to Aether"
      actions={
        <ButtonLink href="/" look="quiet">
          Later
        </ButtonLink>
      }
    >
      <Body narrow>
        <Loaded query={deployments}>{({ items }) => <Phases deployments={living(items)} />}</Loaded>
      </Body>
    </Page>
  );
}

function Phases({ deployments }: { readonly deployments: readonly Deployment[] }) {
  const isReady = hasReady(deployments);
  // Once, so that whoever watches their agent start is not moved on by its end.
  const [usual] = useState(() => phaseOf(deployments));
  const [phase, setPhase] = useQueryState<PhaseId>('phase', usual);
  useEffect(() => keepLeftAt(phase), [phase]);
  const at = phases.findIndex(({ id }) => id === phase);
  return (
    <>
      <ol aria-label="First steps" className="grid grid-cols-5 gap-2">
        {phases.map(({ id, label }, index) => (
          <li key={id} aria-current={id === phase ? 'step' : undefined}>
            <button
              type="button"
              // The account is there; the others may be looked at in any order.
              disabled={id === 'account' || (id === 'ready' && !isReady)}
              onClick={() => setPhase(id)}
              className={classes(
                'flex w-full flex-col gap-1.5 border-t-2 pt-2 text-left text-12 transition-colors duration-150',
                index <= at ? 'border-accent' : 'border-line',
                id === phase ? 'font-medium text-ink' : 'text-dim not-disabled:hover:text-ink',
              )}
            >
              <span className="flex items-center gap-1">
                {index < at && <Check aria-label="Done" className="size-3.5 shrink-0 text-good" />}
                <span className="sr-only sm:not-sr-only">{label}</span>
                <span aria-hidden className="sm:hidden">
                  {index + 1}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      {phase === 'environment' && <EnvironmentPhase onDone={() => setPhase('model')} />}
      {phase === 'model' && <ModelPhase onDone={() => setPhase('agent')} />}
      {phase === 'agent' && <AgentPhase deployments={deployments} onDone={() => setPhase('ready')} />}
      {phase === 'ready' && <ReadyPhase deployments={deployments} />}
    </>
  );
}
