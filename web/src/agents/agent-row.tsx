'use client';
import { MessageSquare } from 'lucide-react';
import { AgentMark } from '@/ui/agent-mark';
import { IconButton } from '@/ui/button';
import { Meter } from '@/ui/card';
import { classes } from '@/ui/classes';
import { Link } from '@/ui/link';
import { StateBadge, Tag } from '@/ui/state';
import { money, plural } from '@/ui/words';
import { stateOf, successOf, type AgentRow } from './agent-rows';

const CHIPS_SHOWN = 4;

/** Name and acts take what they need; the figures keep their places from row to row. */
export const rowGrid =
  'grid items-center gap-x-4 gap-y-2 grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,1.4fr)_minmax(0,1.6fr)_7rem_5rem_4.5rem_auto]';

export function AgentRowLine({
  row,
  onChat,
}: {
  readonly row: AgentRow;
  readonly onChat: (() => void) | undefined;
}) {
  const { name, deployment, pool, model } = row;
  const where = [deployment?.runtime, model].filter(Boolean).join(' · ');
  return (
    <li
      className={classes(
        rowGrid,
        'relative border-b border-line px-4 py-2.5 last:border-b-0 hover:bg-raised',
        pool && !pool.enabled && 'opacity-70',
      )}
    >
      <div className="flex min-w-0 items-center gap-3">
        <AgentMark name={name} />
        <div className="min-w-0">
          <Link
            href={row.href}
            className="block truncate font-medium after:absolute after:inset-0"
            title={name}
          >
            {name}
          </Link>
          <p className="truncate text-12 text-dim" title={where}>
            {where || 'No deployment'}
          </p>
        </div>
      </div>
      <Capabilities row={row} />
      <Load row={row} />
      <Success row={row} />
      <span className="hidden text-right text-12 text-dim md:block">{pool ? money(pool.costUsd) : '–'}</span>
      <div className="relative col-start-2 row-start-1 flex items-center justify-end gap-1 md:col-start-auto md:row-start-auto md:w-44">
        {row.isPrivate && <Tag>private</Tag>}
        {pool && !pool.enabled && <Tag>no tasks</Tag>}
        <StateBadge state={stateOf(row)} />
        {onChat ? (
          <IconButton label={`Chat with ${name}`} onClick={onChat}>
            <MessageSquare aria-hidden />
          </IconButton>
        ) : (
          <span className="size-8" />
        )}
      </div>
    </li>
  );
}

function Capabilities({ row: { capabilities } }: { readonly row: AgentRow }) {
  const rest = capabilities.slice(CHIPS_SHOWN);
  return (
    <div className="col-span-2 flex min-w-0 flex-wrap gap-1 md:col-span-1">
      {capabilities.slice(0, CHIPS_SHOWN).map((each) => (
        <Tag key={each}>{each}</Tag>
      ))}
      {rest.length > 0 && (
        <span title={rest.join(', ')}>
          <Tag>+{rest.length}</Tag>
        </span>
      )}
    </div>
  );
}

function Load({ row: { pool } }: { readonly row: AgentRow }) {
  if (!pool) return <span className="hidden text-12 text-dim md:block">Not in the pool</span>;
  const label = `${pool.load} of ${plural(pool.concurrency, 'task')}`;
  return (
    <div className="hidden md:block">
      <p className="mb-1 text-12 text-dim">{label}</p>
      <Meter value={pool.load / pool.concurrency} label={label} />
    </div>
  );
}

function Success({ row: { pool } }: { readonly row: AgentRow }) {
  const success = pool ? successOf(pool) : null;
  return (
    <span
      className="hidden text-right text-12 text-dim md:block"
      title={pool ? `${pool.accepted} accepted, ${pool.failed} not` : undefined}
    >
      {success === null ? '–' : `${Math.round(success * 100)} %`}
    </span>
  );
}
