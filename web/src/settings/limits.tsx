'use client';
import type { Caps } from '@aether/contracts/execution';
import type { OrganisationBudget } from '@aether/contracts/organisation-budget';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Button } from '@/ui/button';
import { Card, Meter } from '@/ui/card';
import { Fault, issueOf, Loaded } from '@/ui/feedback';
import { TextField } from '@/ui/field';
import { compact, money } from '@/ui/words';

export function Limits() {
  const budget = useRead('GET /api/v1/organisation/budget', {});
  const caps = useRead('GET /api/v1/caps', {});
  return (
    <>
      <Loaded query={budget}>{(data) => <Budget key={data.version} budget={data} />}</Loaded>
      <Loaded query={caps}>{(data) => <CapsForm key={JSON.stringify(data)} caps={data} />}</Loaded>
    </>
  );
}

const bounds = [
  { name: 'tokens', label: 'Tokens', write: compact },
  { name: 'costUsd', label: 'Money, USD', write: money },
  { name: 'agentMinutes', label: 'Minutes of agents', write: (value: number) => String(Math.round(value)) },
  { name: 'attempts', label: 'Attempts', write: String },
] as const;

function Budget({ budget }: { readonly budget: OrganisationBudget }) {
  const may = useMay();
  const [form, setForm] = useState(
    () =>
      Object.fromEntries(bounds.map(({ name }) => [name, budget.bounds[name]?.toString() ?? ''])) as Record<
        (typeof bounds)[number]['name'],
        string
      >,
  );
  const update = useChange('PATCH /api/v1/organisation/budget', {
    refresh: ['GET /api/v1/organisation/budget'],
  });
  return (
    <Card title={`All missions in ${budget.month}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const value = (name: keyof typeof form) => (form[name].trim() === '' ? null : Number(form[name]));
          update.mutate({
            tokens: value('tokens'),
            costUsd: value('costUsd'),
            agentMinutes: value('agentMinutes'),
            attempts: value('attempts'),
          });
        }}
      >
        <fieldset disabled={!may('settings:write')} className="space-y-4">
          <legend className="sr-only">Bounds of the month</legend>
          {budget.reached && (
            <p className="rounded-control bg-bad-quiet px-3 py-2 text-bad">
              {budget.reached.cause} {budget.reached.remedy}
            </p>
          )}
          <div className="grid gap-4 sm:grid-cols-2">
            {bounds.map(({ name, label, write }) => {
              const most = budget.bounds[name];
              return (
                <div key={name} className="space-y-2">
                  <TextField
                    label={`${label}, at most`}
                    optional
                    inputMode="decimal"
                    value={form[name]}
                    onChange={(event) => setForm({ ...form, [name]: event.target.value })}
                    hint={`${write(budget.spend[name])} used`}
                    fault={issueOf(update.error, name)}
                  />
                  {most !== null && (
                    <Meter
                      value={budget.spend[name] / most}
                      label={`${label} used`}
                      tone={budget.spend[name] >= most ? 'bad' : 'accent'}
                    />
                  )}
                </div>
              );
            })}
          </div>
          <Fault error={update.error} />
          {may('settings:write') && (
            <Button type="submit" busy={update.isPending}>
              Save
            </Button>
          )}
        </fieldset>
      </form>
    </Card>
  );
}

const capFields = [
  { name: 'tasks', label: 'Tasks at the same time' },
  { name: 'tasksPerMission', label: 'Of one mission' },
  { name: 'attemptsPerTask', label: 'Attempts until a task fails' },
] as const;

function CapsForm({ caps }: { readonly caps: Caps }) {
  const may = useMay();
  const [form, setForm] = useState<Record<string, string>>(
    Object.fromEntries(capFields.map(({ name }) => [name, String(caps[name])])),
  );
  const update = useChange('PATCH /api/v1/caps', { refresh: ['GET /api/v1/caps'] });
  return (
    <Card title="Work at the same time">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate({
            tasks: Number(form.tasks),
            tasksPerMission: Number(form.tasksPerMission),
            attemptsPerTask: Number(form.attemptsPerTask),
          });
        }}
      >
        <fieldset disabled={!may('settings:write')} className="space-y-4">
          <legend className="sr-only">Work at the same time</legend>
          <div className="grid gap-4 sm:grid-cols-3">
            {capFields.map(({ name, label }) => (
              <TextField
                key={name}
                label={label}
                type="number"
                min={1}
                required
                value={form[name]}
                onChange={(event) => setForm({ ...form, [name]: event.target.value })}
                fault={issueOf(update.error, name)}
              />
            ))}
          </div>
          <Fault error={update.error} />
          {may('settings:write') && (
            <Button type="submit" busy={update.isPending}>
              Save
            </Button>
          )}
        </fieldset>
      </form>
    </Card>
  );
}
