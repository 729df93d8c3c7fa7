'use client';
import type { Agent } from '@aether/contracts/agents';
import { Plus, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Button } from '@/ui/button';
import { Card } from '@/ui/card';
import { Confirm } from '@/ui/dialog';
import { Fault, issueOf } from '@/ui/feedback';
import { SelectField, TextField } from '@/ui/field';
import { NewAgent } from './new-agent';

const READS = ['GET /api/v1/agents', 'GET /api/v1/pool'] as const;

/** What an agent is in its gateway: its name and model there, and the agents beside it. */
export function InGateway({ agent }: { readonly agent: Agent }) {
  const { deploymentId, id: agentId, online } = agent;
  const may = useMay()('agents:write');
  const router = useRouter();
  const [name, setName] = useState(agent.name);
  const [model, setModel] = useState(agent.model ?? '');
  const [asks, setAsks] = useState<'add' | 'remove' | null>(null);
  const models = useRead('GET /api/v1/gateways/{deploymentId}/models', { deploymentId }, { enabled: online });
  const save = useChange('PATCH /api/v1/agents/{deploymentId}/{agentId}', { refresh: READS });
  const remove = useChange('DELETE /api/v1/agents/{deploymentId}/{agentId}', {
    refresh: READS,
    onDone: () => router.push('/agents/'),
  });
  const offered = models.data?.items ?? [];
  const isKnown = offered.some(({ id }) => id === model);
  return (
    <Card
      title="In its gateway"
      action={
        may && (
          <Button size="small" disabled={!online} onClick={() => setAsks('add')}>
            <Plus aria-hidden /> Add an agent
          </Button>
        )
      }
    >
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({
            deploymentId,
            agentId,
            ...(name !== agent.name && { name }),
            ...(model !== agent.model && model && { model }),
          });
        }}
      >
        <TextField
          label="Name"
          required
          maxLength={60}
          disabled={!may || !online}
          value={name}
          onChange={(event) => setName(event.target.value)}
          fault={issueOf(save.error, 'name')}
        />
        <SelectField
          label="Model"
          disabled={!may || !online}
          value={model}
          onChange={(event) => setModel(event.target.value)}
        >
          {!isKnown && <option value={model}>{model || 'the default of the gateway'}</option>}
          {offered.map(({ id, name: called }) => (
            <option key={id} value={id}>
              {called === id ? id : `${called} (${id})`}
            </option>
          ))}
        </SelectField>
        <Fault error={save.error ?? models.error} />
        {may && (
          <div className="flex items-center gap-3">
            {!agent.first && (
              <Button look="danger" disabled={!online} onClick={() => setAsks('remove')}>
                <Trash2 aria-hidden /> Remove
              </Button>
            )}
            <span className="ml-auto text-12 text-dim" role="status">
              {save.isSuccess && 'Saved'}
            </span>
            <Button type="submit" disabled={!online} busy={save.isPending}>
              Save
            </Button>
          </div>
        )}
      </form>
      {asks === 'add' && (
        <NewAgent deploymentId={deploymentId} models={offered} onClose={() => setAsks(null)} />
      )}
      <Confirm
        open={asks === 'remove'}
        onClose={() => setAsks(null)}
        title={`Remove ${agent.name}?`}
        verb="Remove"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate({ deploymentId, agentId })}
      >
        Its workspace and instructions go with it. Its chats can still be read.
      </Confirm>
    </Card>
  );
}
