'use client';
import type { User } from '@aether/contracts/identity';
import type { Role } from '@aether/contracts/schemas';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { useMe } from '@/api/session';
import { AgentMark } from '@/ui/agent-mark';
import { Confirm } from '@/ui/dialog';
import { Fault } from '@/ui/feedback';
import { Tag } from '@/ui/state';
import { Ago } from '@/ui/time';
import { roleLabel, rolesUpTo } from './roles';
import { RowMenu, type RowAct } from './row-menu';

type Question = 'disable' | 'delete' | 'reset' | 'sessions';

const words: Readonly<Record<Question, { title: string; verb: string; text: string }>> = {
  disable: {
    title: 'Disable',
    verb: 'Disable account',
    text: 'Sessions and keys of the account stop working at once. What it made stays, and it can be enabled again.',
  },
  delete: {
    title: 'Delete',
    verb: 'Delete account',
    text: 'The account is gone with its sessions and keys. What it made stays.',
  },
  reset: {
    title: 'Take the code from',
    verb: 'Take the code away',
    text: 'For somebody who lost phone and recovery codes. Sessions end, and the password alone opens the account.',
  },
  sessions: {
    title: 'End the sessions of',
    verb: 'End sessions',
    text: 'The account signs in again on every device. Keys go on.',
  },
};

export function PersonRow({
  person,
  isMe,
  canWrite,
}: {
  readonly person: User;
  readonly isMe: boolean;
  readonly canWrite: boolean;
}) {
  const me = useMe().data;
  const [question, ask] = useState<Question | null>(null);
  const done = { refresh: ['GET /api/v1/users'] as const, onDone: () => ask(null) };
  const update = useChange('PATCH /api/v1/users/{id}', done);
  const enable = useChange('POST /api/v1/users/{id}/enable', done);
  const changes = {
    disable: useChange('POST /api/v1/users/{id}/disable', done),
    delete: useChange('DELETE /api/v1/users/{id}', done),
    reset: useChange('DELETE /api/v1/users/{id}/second-factor', done),
    sessions: useChange('DELETE /api/v1/users/{id}/sessions', done),
  };
  const asked = question && changes[question];
  const { id } = person;
  const acts: RowAct[] = [
    { label: 'End all sessions', act: () => ask('sessions') },
    ...(person.secondFactor ? [{ label: 'Take the code away', act: () => ask('reset') }] : []),
    person.disabledAt
      ? { label: 'Enable', act: () => enable.mutate({ id }) }
      : { label: 'Disable', act: () => ask('disable'), danger: true },
    { label: 'Delete', act: () => ask('delete'), danger: true },
  ];
  return (
    <li className="border-b border-line px-4 py-3 last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <AgentMark name={person.name} />
        <div className="min-w-0 flex-1 basis-40">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="truncate font-medium">{person.name}</span>
            {isMe && <Tag>You</Tag>}
            {person.secondFactor && <Tag tone="good">Code</Tag>}
            {person.disabledAt && <Tag tone="bad">Disabled</Tag>}
          </p>
          <p className="truncate text-12 text-dim" title={person.email}>
            {person.email} · since <Ago at={person.createdAt} />
          </p>
        </div>
        {canWrite && !isMe ? (
          <select
            aria-label={`Role of ${person.name}`}
            value={person.role}
            disabled={update.isPending}
            onChange={(event) => update.mutate({ id, role: event.target.value as Role })}
            className="h-8 rounded-control border border-line bg-surface px-2"
          >
            {rolesUpTo(me?.role ?? 'viewer').map(({ id: role, label }) => (
              <option key={role} value={role}>
                {label}
              </option>
            ))}
          </select>
        ) : (
          <span className="text-dim">{roleLabel(person.role)}</span>
        )}
        {canWrite && !isMe && <RowMenu label={`Acts for ${person.name}`} acts={acts} />}
      </div>
      <Fault error={update.error ?? enable.error} className="mt-2" />
      {question && (
        <Confirm
          open
          onClose={() => ask(null)}
          title={`${words[question].title} ${person.name}?`}
          verb={words[question].verb}
          busy={asked?.isPending ?? false}
          error={asked?.error ?? null}
          onConfirm={() => asked?.mutate({ id })}
        >
          {words[question].text}
        </Confirm>
      )}
    </li>
  );
}
