'use client';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Body, Page } from '@/frame/page';
import { Button, ButtonLink } from '@/ui/button';
import { Card } from '@/ui/card';
import { Empty, Fault, issueOf } from '@/ui/feedback';
import { RepositoryField } from './repository-field';
import { CheckField, SelectField, TextArea, TextField } from '@/ui/field';

const examples = [
  'Write a short user guide for the command line of this repository, with an example for each command.',
  '- write notes/one.txt: first\n- write notes/two.txt: second\n- then run: cat notes/one.txt notes/two.txt',
];

interface Form {
  goal: string;
  title: string;
  repository: string;
  branch: string;
  checks: string;
  priority: 'low' | 'normal' | 'high' | 'urgent';
  review: boolean;
  auto: boolean;
  deployMissing: boolean;
  isPrivate: boolean;
  tokens: string;
  costUsd: string;
}

const blank: Form = {
  goal: '',
  title: '',
  repository: '',
  branch: '',
  checks: '',
  priority: 'normal',
  review: true,
  auto: false,
  deployMissing: false,
  isPrivate: false,
  tokens: '',
  costUsd: '',
};

/** Lines `name: command`, or only a command. */
const checksOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((command) => ({ name: command.slice(0, 80), command }));

const bound = (text: string) => (text.trim() === '' ? null : Number(text));

export function NewMission() {
  const may = useMay();
  return (
    <Page title="New mission" crumbs={[{ label: 'Missions', href: '/missions/' }]}>
      <Body narrow>
        {may('missions:write') ? (
          <MissionForm />
        ) : (
          <Empty drawing="lock" title="This is not open to you">
            Beginning a mission takes the permission missions:write. Ask an administrator.
          </Empty>
        )}
      </Body>
    </Page>
  );
}

/** A goal becomes a mission: only the goal is asked for, the rest is folded. */
function MissionForm() {
  const router = useRouter();
  const [form, setForm] = useState(blank);
  const pool = useRead('GET /api/v1/pool', {});
  const create = useChange('POST /api/v1/missions', {
    onDone: ({ id }) => router.push(`/missions/${id}/`),
  });
  const set =
    <K extends keyof Form>(name: K) =>
    (event: { target: { value: string } }) =>
      setForm({ ...form, [name]: event.target.value });
  const flag = (name: 'review' | 'auto' | 'deployMissing' | 'isPrivate') => ({
    checked: form[name],
    onChange: (event: { target: { checked: boolean } }) => setForm({ ...form, [name]: event.target.checked }),
  });
  const inspect = useChange('POST /api/v1/repositories/inspect');
  const submit = async (plan: boolean) => {
    const repository = form.repository.trim() || null;
    const baseBranch = form.branch || null;
    try {
      // A mission that could not work with its repository would stand still with its first task.
      if (repository) await inspect.mutateAsync({ repository, baseBranch });
    } catch {
      return;
    }
    create.mutate({
      goal: form.goal,
      ...(form.title.trim() && { title: form.title }),
      repository,
      baseBranch,
      checks: checksOf(form.checks),
      priority: form.priority,
      acceptance: form.review ? 'person' : 'checks',
      autonomy: form.auto ? 'auto' : 'propose',
      deployMissing: form.deployMissing,
      visibility: form.isPrivate ? 'private' : 'open',
      budget: { tokens: bound(form.tokens), costUsd: bound(form.costUsd) },
      plan,
    });
  };
  const isBusy = create.isPending || inspect.isPending;
  const online = pool.data?.items.filter((agent) => agent.online && agent.enabled).length ?? 0;
  return (
    <form
      className="space-y-5"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(true);
      }}
    >
      <Card>
        <div className="space-y-4">
          <TextArea
            label="What should be done?"
            required
            autoFocus
            rows={6}
            value={form.goal}
            onChange={set('goal')}
            fault={issueOf(create.error, 'goal')}
            hint="Say what the result is and how one sees that it is right. Jason breaks it into tasks."
            className="text-14"
          />
          {form.goal === '' && (
            <div className="flex flex-wrap items-center gap-2 text-12 text-dim">
              For example
              {examples.map((example) => (
                <Button
                  key={example}
                  size="small"
                  className="max-w-full"
                  onClick={() => setForm({ ...form, goal: example })}
                >
                  <span className="max-w-60 truncate">{example.split('\n')[0]}</span>
                </Button>
              ))}
            </div>
          )}
          <RepositoryField
            choice={form}
            onChange={(choice) => setForm((old) => ({ ...old, ...choice }))}
            fault={issueOf(create.error, 'repository') ?? issueOf(inspect.error, 'repository')}
          />
          <CheckField
            {...flag('review')}
            label="I look at each result before it is merged"
            hint="Else passing checks are enough."
          />
          <CheckField
            {...flag('auto')}
            label="Start the plan without asking me"
            hint="Else you see the plan first, and may change it."
          />
        </div>
      </Card>
      <details className="group rounded-card border border-line bg-surface">
        <summary className="cursor-pointer px-4 py-3 font-medium select-none">
          Checks, bounds and more
        </summary>
        <div className="grid gap-4 border-t border-line p-4 sm:grid-cols-2">
          <div className="sm:col-span-2">
            <TextArea
              label="Checks"
              optional
              rows={3}
              value={form.checks}
              onChange={set('checks')}
              placeholder={'npm test\nnpm run lint'}
              hint="One command a line. Each must end with 0 in the worktree before work may be accepted."
              className="font-mono"
            />
          </div>
          <TextField
            label="Title"
            optional
            value={form.title}
            onChange={set('title')}
            hint="The goal's first line where empty."
          />
          <SelectField label="Priority" value={form.priority} onChange={set('priority')}>
            <option value="low">Low</option>
            <option value="normal">Normal</option>
            <option value="high">High</option>
            <option value="urgent">Urgent</option>
          </SelectField>
          <TextField
            label="Most tokens"
            optional
            inputMode="numeric"
            value={form.tokens}
            onChange={set('tokens')}
            fault={issueOf(create.error, 'budget.tokens')}
          />
          <TextField
            label="Most money, USD"
            optional
            inputMode="decimal"
            value={form.costUsd}
            onChange={set('costUsd')}
            fault={issueOf(create.error, 'budget.costUsd')}
          />
          <CheckField {...flag('deployMissing')} label="Deploy agents where a capability is missing" />
          <CheckField {...flag('isPrivate')} label="Private" hint="Only you and administrators see it." />
        </div>
      </details>
      <Fault error={inspect.error ?? create.error} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" size="large" busy={isBusy}>
          Make a plan
        </Button>
        <Button
          size="large"
          look="quiet"
          disabled={form.goal.trim() === '' || isBusy}
          onClick={() => void submit(false)}
        >
          Save as draft
        </Button>
        {pool.data && online === 0 && (
          <p className="flex items-center gap-2 text-wait">
            No agent is online.
            <ButtonLink size="small" href="/deployments/new/">
              Deploy one
            </ButtonLink>
          </p>
        )}
      </div>
    </form>
  );
}
