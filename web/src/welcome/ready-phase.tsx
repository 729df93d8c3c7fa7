'use client';
import type { Deployment } from '@aether/contracts/deployment';
import { MessageSquare } from 'lucide-react';
import { useRead } from '@/api/queries';
import { useTalk } from '@/chat/use-talk';
import { Button, ButtonLink } from '@/ui/button';
import { Card } from '@/ui/card';
import { Fault } from '@/ui/feedback';
import { Phase } from './phase';

/** Everything works: the first chat and the first mission. */
export function ReadyPhase({ deployments }: { readonly deployments: readonly Deployment[] }) {
  const agents = useRead('GET /api/v1/agents', {});
  const talk = useTalk();
  const ids = new Set(deployments.map(({ id }) => id));
  const agent = agents.data?.items.find(({ deploymentId, online }) => online && ids.has(deploymentId));
  return (
    <Phase title="Ready" lead="An agent waits for you.">
      <div className="grid gap-3 sm:grid-cols-2">
        <Card title="Talk to it">
          <div className="space-y-3">
            <p className="text-dim">It answers, writes files and runs commands in its own workspace.</p>
            <Fault error={talk.error} />
            <Button
              look="primary"
              busy={talk.isPending}
              disabled={!agent}
              onClick={() => agent && talk.mutate({ deploymentId: agent.deploymentId, agentId: agent.id })}
            >
              <MessageSquare aria-hidden /> Chat with {agent?.deploymentName ?? 'the agent'}
            </Button>
          </div>
        </Card>
        <Card title="Give it a mission">
          <div className="space-y-3">
            <p className="text-dim">Say what you want done. Jason plans, agents work, you accept.</p>
            <ButtonLink href="/missions/new/">New mission</ButtonLink>
          </div>
        </Card>
      </div>
    </Phase>
  );
}
