'use client';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Fault, issueOf } from '@/ui/feedback';
import { SelectField, TextArea, TextField } from '@/ui/field';

/** Adds an agent to a gateway that runs. */
export function NewAgent({
  deploymentId,
  models,
  onClose,
}: {
  readonly deploymentId: string;
  readonly models: readonly { readonly id: string; readonly name: string }[];
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const [model, setModel] = useState('');
  const [instructions, setInstructions] = useState('');
  const create = useChange('POST /api/v1/agents', {
    refresh: ['GET /api/v1/agents', 'GET /api/v1/pool'],
    onDone: onClose,
  });
  return (
    <Dialog open onClose={onClose} title="Add an agent">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({
            deploymentId,
            name,
            ...(model && { model }),
            files: instructions.trim() ? { 'AGENTS.md': instructions } : {},
          });
        }}
      >
        <p className="text-dim">
          It shares the gateway with the others, and has a workspace and instructions of its own. Nothing is
          restarted.
        </p>
        <TextField
          label="Name"
          required
          autoFocus
          maxLength={60}
          placeholder="Reviewer"
          value={name}
          onChange={(event) => setName(event.target.value)}
          fault={issueOf(create.error, 'name')}
        />
        <SelectField label="Model" value={model} onChange={(event) => setModel(event.target.value)}>
          <option value="">the default of the gateway</option>
          {models.map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </SelectField>
        <TextArea
          label="Instructions"
          optional
          rows={6}
          maxLength={200_000}
          placeholder="You review what others wrote: look for faults first, then for what could be simpler."
          value={instructions}
          onChange={(event) => setInstructions(event.target.value)}
        />
        <Fault error={create.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            Add
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
