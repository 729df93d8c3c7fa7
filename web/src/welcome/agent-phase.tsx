'use client';
import type { Deployment } from '@aether/contracts/deployment';
import { DeployForm } from '@/deploy/deploy-form';
import { StepTimeline } from '@/deploy/step-timeline';
import { Button } from '@/ui/button';
import { Card } from '@/ui/card';
import { StateBadge } from '@/ui/state';
import { Phase } from './phase';

/** The first agent: chosen, then watched until it is ready. */
export function AgentPhase({
  deployments,
  onDone,
}: {
  readonly deployments: readonly Deployment[];
  readonly onDone: () => void;
}) {
  const deployment = deployments.find(({ state }) => state === 'ready') ?? deployments[0];
  if (!deployment)
    return (
      <Phase
        title="Your first agent"
        lead="An OpenClaw gateway that Aether installs, starts and looks after."
      >
        <DeployForm onBegun={() => undefined} />
      </Phase>
    );
  return (
    <Phase
      title={`Agent ${deployment.name}`}
      lead="The first one of a machine takes longest: OpenClaw is installed for it."
    >
      <Card flush title="Steps" action={<StateBadge state={deployment.state} />}>
        <div className="py-2">
          <StepTimeline deployment={deployment} />
        </div>
      </Card>
      <div className="flex justify-end">
        <Button look="primary" disabled={deployment.state !== 'ready'} onClick={onDone}>
          Go on
        </Button>
      </div>
    </Phase>
  );
}
