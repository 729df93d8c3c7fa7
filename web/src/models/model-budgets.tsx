'use client';
import type { ModelBudget } from '@aether/contracts/model-budgets';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Part } from '@/settings/part';
import { RowMenu } from '@/settings/row-menu';
import { Button } from '@/ui/button';
import { Meter } from '@/ui/card';
import { Fault, issueOf, Loaded } from '@/ui/feedback';
import { SelectField, TextField } from '@/ui/field';
import { compact, money, sentence } from '@/ui/words';

const bound = (text: string) => (text.trim() === '' ? null : Number(text));
const periods = [
  { id: 'day', label: 'a day' },
  { id: 'month', label: 'a month' },
  { id: 'total', label: 'for good' },
] as const;
type Period = (typeof periods)[number]['id'];

/** Limits that model calls are held to one by one, before the provider is asked. */
export function ModelBudgets() {
  const may = useMay();
  const canWrite = may('settings:write');
  const budgets = useRead('GET /api/v1/budgets', {});
  const deployments = useRead(
    'GET /api/v1/deployments',
    { limit: 200 },
    { enabled: may('deployments:read') },
  );
  const lift = useChange('DELETE /api/v1/budgets/{id}', { refresh: ['GET /api/v1/budgets'] });
  const nameOf = ({ scope, scopeId }: ModelBudget) =>
    scope === 'organisation'
      ? 'Everybody'
      : scope === 'mission'
        ? `Mission …${scopeId?.slice(-8)}`
        : (deployments.data?.items.find(({ id }) => id === scopeId)?.name ?? `Agent …${scopeId?.slice(-8)}`);
  return (
    <Part
      title="Limits of model calls"
      lead="A call that might go beyond a limit is refused before the provider is asked."
    >
      <Loaded query={budgets}>
        {({ items }) => (
          <ul className="divide-y divide-line">
            {items.map((budget) => (
              <li key={budget.id} className="flex items-center gap-4 py-2">
                <div className="min-w-0 flex-1">
                  <p className="truncate font-medium">{nameOf(budget)}</p>
                  <p className="text-12 text-dim">
                    {sentence(budget.scope)}, {periods.find(({ id }) => id === budget.period)?.label}
                  </p>
                </div>
                <div className="w-44 space-y-1.5">
                  {budget.limitUsd !== null && (
                    <Share
                      used={budget.spentUsd}
                      held={budget.reservedUsd}
                      most={budget.limitUsd}
                      write={money}
                    />
                  )}
                  {budget.limitTokens !== null && (
                    <Share
                      used={budget.spentTokens}
                      held={budget.reservedTokens}
                      most={budget.limitTokens}
                      write={compact}
                    />
                  )}
                </div>
                {canWrite && budget.scope === 'deployment' ? (
                  <RowMenu
                    label={`Acts for the limit of ${nameOf(budget)}`}
                    acts={[
                      { label: 'Lift the limit', act: () => lift.mutate({ id: budget.id }), danger: true },
                    ]}
                  />
                ) : (
                  <span className="size-8 shrink-0" />
                )}
              </li>
            ))}
            {items.length === 0 && <li className="py-2 text-dim">No limit is set.</li>}
          </ul>
        )}
      </Loaded>
      <Fault error={lift.error} className="mt-3" />
      {canWrite && <NewLimit agents={deployments.data?.items ?? []} />}
    </Part>
  );
}

function Share({
  used,
  held,
  most,
  write,
}: {
  readonly used: number;
  readonly held: number;
  readonly most: number;
  readonly write: (value: number) => string;
}) {
  const share = (used + held) / most;
  const text = `${write(used)} of ${write(most)}`;
  return (
    <div className="space-y-1">
      <p className="figures text-right text-12 text-dim">{text}</p>
      <Meter value={share} tone={share >= 1 ? 'bad' : share > 0.8 ? 'wait' : 'accent'} label={text} />
    </div>
  );
}

function NewLimit({
  agents,
}: {
  readonly agents: readonly { readonly id: string; readonly name: string }[];
}) {
  const [deploymentId, setDeployment] = useState('');
  const [period, setPeriod] = useState<Period>('day');
  const [usd, setUsd] = useState('');
  const [tokens, setTokens] = useState('');
  const save = useChange('PUT /api/v1/budgets', {
    refresh: ['GET /api/v1/budgets'],
    onDone: () => {
      setUsd('');
      setTokens('');
    },
  });
  const chosen = deploymentId || agents[0]?.id;
  if (!chosen) return null;
  return (
    <form
      className="mt-4 space-y-4 border-t border-line pt-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ deploymentId: chosen, period, limitUsd: bound(usd), limitTokens: bound(tokens) });
      }}
    >
      <div className="grid gap-4 sm:grid-cols-4">
        <SelectField label="Agent" value={chosen} onChange={(event) => setDeployment(event.target.value)}>
          {agents.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Within"
          value={period}
          onChange={(event) => setPeriod(event.target.value as Period)}
        >
          {periods.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Money, USD"
          inputMode="decimal"
          placeholder="no limit"
          value={usd}
          onChange={(event) => setUsd(event.target.value)}
          fault={issueOf(save.error, 'limitUsd')}
        />
        <TextField
          label="Tokens"
          inputMode="numeric"
          placeholder="no limit"
          value={tokens}
          onChange={(event) => setTokens(event.target.value)}
          fault={issueOf(save.error, 'limitTokens')}
        />
      </div>
      <Fault error={save.error} />
      <Button type="submit" busy={save.isPending} disabled={usd.trim() === '' && tokens.trim() === ''}>
        Set the limit
      </Button>
    </form>
  );
}
