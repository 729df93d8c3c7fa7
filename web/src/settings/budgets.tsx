'use client';
import type { Caps } from '@aether/contracts/execution';
import type { OrganisationBudget } from '@aether/contracts/organisation-budget';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Button } from '@/ui/button';
import { Meter } from '@/ui/card';
import { Fault, issueOf, Loaded } from '@/ui/feedback';
import { TextField } from '@/ui/field';
import { ReasonText } from '@/ui/reason';
import { compact, exact, money } from '@/ui/words';
import { ModelBudgets } from '@/models/model-budgets';
import { Part } from './part';

type Bounds = OrganisationBudget['bounds'];

const measures: readonly {
  readonly id: keyof Bounds;
  readonly label: string;
  readonly write: (value: number) => string;
}[] = [
  { id: 'costUsd', label: 'Money, USD', write: money },
  { id: 'tokens', label: 'Tokens', write: compact },
  { id: 'agentMinutes', label: 'Minutes of agents', write: compact },
  { id: 'attempts', label: 'Attempts', write: compact },
];

export function Budgets() {
  const budget = useRead('GET /api/v1/organisation/budget', {});
  const caps = useRead('GET /api/v1/caps', {});
  return (
    <>
      <Loaded query={budget}>{(value) => <MonthPart key={value.version} budget={value} />}</Loaded>
      <ModelBudgets />
      <Loaded query={caps}>{(value) => <CapsPart caps={value} />}</Loaded>
    </>
  );
}

function MonthPart({ budget }: { readonly budget: OrganisationBudget }) {
  const canWrite = useMay()('settings:write');
  const [form, setForm] = useState(
    () =>
      Object.fromEntries(measures.map(({ id }) => [id, budget.bounds[id]?.toString() ?? ''])) as Record<
        keyof Bounds,
        string
      >,
  );
  const save = useChange('PATCH /api/v1/organisation/budget', {
    refresh: ['GET /api/v1/organisation/budget'],
  });
  const bound = (id: keyof Bounds) => (form[id].trim() === '' ? null : Number(form[id]));
  return (
    <Part
      title={`This month, ${budget.month}`}
      lead={`What everything together may use. Money and tokens hold every model call, chats included; missions pause when a bound is reached. Counting begins anew ${exact(budget.endsAt)}.`}
    >
      {budget.reached && (
        <p role="status" className="mb-4 rounded-control bg-wait-quiet px-3 py-2 text-wait">
          <ReasonText reason={budget.reached} />
        </p>
      )}
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({
            tokens: bound('tokens'),
            costUsd: bound('costUsd'),
            agentMinutes: bound('agentMinutes'),
            attempts: bound('attempts'),
          });
        }}
      >
        <div className="grid gap-x-6 gap-y-5 sm:grid-cols-2">
          {measures.map(({ id, label, write }) => {
            const most = budget.bounds[id];
            const used = budget.spend[id];
            const share = most === null ? 0 : used / most;
            return (
              <div key={id} className="space-y-2">
                <TextField
                  label={label}
                  inputMode="decimal"
                  placeholder="no bound"
                  readOnly={!canWrite}
                  value={form[id]}
                  onChange={(event) => setForm({ ...form, [id]: event.target.value })}
                  fault={issueOf(save.error, id)}
                />
                {most !== null && (
                  <Meter
                    value={share}
                    tone={share >= 1 ? 'bad' : share > 0.8 ? 'wait' : 'accent'}
                    label={`${label}: ${write(used)} of ${write(most)} used`}
                  />
                )}
                <p className="text-12 text-dim">
                  {write(used)} used{most !== null && ` of ${write(most)}`}
                </p>
              </div>
            );
          })}
        </div>
        <Fault error={save.error} />
        {canWrite && (
          <Button type="submit" look="primary" busy={save.isPending}>
            Save bounds
          </Button>
        )}
      </form>
    </Part>
  );
}

const capFields: readonly {
  readonly id: keyof Caps;
  readonly label: string;
  readonly hint: string;
  readonly max: number;
}[] = [
  { id: 'tasks', label: 'Tasks at once', hint: 'Over all missions.', max: 1_000 },
  {
    id: 'tasksPerMission',
    label: 'Tasks at once in a mission',
    hint: 'Each mission for itself.',
    max: 1_000,
  },
  { id: 'attemptsPerTask', label: 'Attempts at a task', hint: 'Then it has failed for good.', max: 20 },
];

function CapsPart({ caps }: { readonly caps: Caps }) {
  const canWrite = useMay()('settings:write');
  const [form, setForm] = useState<Record<keyof Caps, string>>({
    tasks: String(caps.tasks),
    tasksPerMission: String(caps.tasksPerMission),
    attemptsPerTask: String(caps.attemptsPerTask),
  });
  const save = useChange('PATCH /api/v1/caps', { refresh: ['GET /api/v1/caps'] });
  const isChanged = capFields.some(({ id }) => Number(form[id]) !== caps[id]);
  return (
    <Part
      title="Work at the same time"
      lead="Less keeps the machine free, more ends missions sooner. What runs goes on."
    >
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({
            tasks: Number(form.tasks),
            tasksPerMission: Number(form.tasksPerMission),
            attemptsPerTask: Number(form.attemptsPerTask),
          });
        }}
      >
        <div className="grid gap-4 sm:grid-cols-3">
          {capFields.map(({ id, label, hint, max }) => (
            <TextField
              key={id}
              label={label}
              type="number"
              min={1}
              max={max}
              required
              readOnly={!canWrite}
              hint={hint}
              value={form[id]}
              onChange={(event) => setForm({ ...form, [id]: event.target.value })}
              fault={issueOf(save.error, id)}
            />
          ))}
        </div>
        <Fault error={save.error} />
        {canWrite && (
          <Button type="submit" look="primary" disabled={!isChanged} busy={save.isPending}>
            Save limits
          </Button>
        )}
      </form>
    </Part>
  );
}
