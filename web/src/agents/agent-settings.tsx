'use client';
import type { PoolAgent } from '@aether/contracts/execution';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Button } from '@/ui/button';
import { Fault, issueOf } from '@/ui/feedback';
import { CheckField, SelectField, TextField } from '@/ui/field';
import { CapabilityField } from './capability-field';

const workplaces = {
  worktree: 'Worktree: shares files and user with Aether',
  copy: 'Copy: shares files, as another user',
  clone: 'Clone: shares nothing, works over git',
} as const;

/** What missions use an agent for. */
export function AgentSettings({ agent }: { readonly agent: PoolAgent }) {
  const may = useMay()('agents:write');
  const templates = useRead('GET /api/v1/templates', {});
  const [capabilities, setCapabilities] = useState<readonly string[]>(agent.capabilities);
  const [concurrency, setConcurrency] = useState(String(agent.concurrency));
  const [workplace, setWorkplace] = useState(agent.workplace);
  const [enabled, setEnabled] = useState(agent.enabled);
  const save = useChange('PATCH /api/v1/pool/{id}', {
    refresh: ['GET /api/v1/pool'],
    onDone: (saved) => setCapabilities(saved.capabilities),
  });
  const isEdited = capabilities.join() !== agent.capabilities.join();
  const known = [...new Set((templates.data?.items ?? []).flatMap((each) => each.capabilities))].sort();
  return (
    <form
      className="space-y-5"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({
          id: agent.id,
          enabled,
          concurrency: Number(concurrency),
          ...(isEdited && { capabilities: [...capabilities] }),
          ...(workplace !== agent.workplace && { workplace }),
        });
      }}
    >
      <CapabilityField value={capabilities} onChange={setCapabilities} known={known} disabled={!may} />
      {agent.capabilitiesEdited && may && (
        <Button size="small" look="quiet" onClick={() => save.mutate({ id: agent.id, capabilities: null })}>
          <RotateCcw aria-hidden /> Back to those of its deployment
        </Button>
      )}
      <TextField
        label="Tasks at the same time"
        type="number"
        min={1}
        max={64}
        required
        disabled={!may}
        value={concurrency}
        onChange={(event) => setConcurrency(event.target.value)}
        fault={issueOf(save.error, 'concurrency')}
      />
      <SelectField
        label="Where it works"
        hint="How it comes to the files of a mission."
        disabled={!may}
        value={workplace}
        onChange={(event) => setWorkplace(event.target.value as PoolAgent['workplace'])}
      >
        {Object.entries(workplaces).map(([id, label]) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </SelectField>
      <CheckField
        label="May be given tasks"
        hint="Without this it keeps what it does and gets nothing new."
        disabled={!may}
        checked={enabled}
        onChange={(event) => setEnabled(event.target.checked)}
      />
      <Fault error={save.error} />
      {may && (
        <div className="flex items-center justify-end gap-3">
          {save.isSuccess && <span className="text-12 text-dim">Saved</span>}
          <Button type="submit" look="primary" busy={save.isPending}>
            Save
          </Button>
        </div>
      )}
    </form>
  );
}
