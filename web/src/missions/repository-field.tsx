'use client';
import { CircleCheck, FolderGit2 } from 'lucide-react';
import { useEffect, useId, useMemo } from 'react';
import { useChange, useRead } from '@/api/queries';
import { Button } from '@/ui/button';
import { Fault } from '@/ui/feedback';
import { SelectField, TextField } from '@/ui/field';

const RECENT_MAX = 4;
/** Long enough to write the next letter. */
const SETTLE_MS = 700;

export interface Choice {
  readonly repository: string;
  /** Empty: the one that the repository has checked out. */
  readonly branch: string;
}

/** Where the work is: chosen among what was used and what there is, or written; looked at before a mission is made. */
export function RepositoryField({
  choice,
  onChange,
  fault,
}: {
  readonly choice: Choice;
  readonly onChange: (choice: Choice) => void;
  readonly fault: string | undefined;
}) {
  const listId = useId();
  const missions = useRead('GET /api/v1/missions', { limit: 50 });
  const found = useRead('GET /api/v1/repositories', {});
  const remotes = useRead('GET /api/v1/git-remotes', { limit: 50 });
  const inspect = useChange('POST /api/v1/repositories/inspect');
  const recent = useMemo(
    () =>
      [...new Set(missions.data?.items.flatMap(({ repository }) => repository ?? []))].slice(0, RECENT_MAX),
    [missions.data],
  );
  const { repository, branch } = choice;
  const { mutate, reset } = inspect;
  useEffect(() => {
    reset();
    const source = repository.trim();
    // An address of which only the host is written says nothing yet.
    if (!/^(?:\/|\w+:\/\/[^/]+\/|[\w.-]+@).+/.test(source)) return;
    const timer = setTimeout(() => mutate({ repository: source }), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [repository, mutate, reset]);
  const roots = found.data?.roots ?? [];
  return (
    <div className="space-y-2">
      <TextField
        label="Repository"
        optional
        list={listId}
        value={repository}
        onChange={({ target }) => onChange({ repository: target.value, branch: '' })}
        placeholder="/home/you/project, or https://…"
        fault={fault}
        hint={
          roots.length > 0
            ? `A repository below ${roots.join(' or ')}, or an address git can clone. Each task works in a worktree of its own.`
            : 'A path on the machine of Aether, or an address git can clone. Each task works in a worktree of its own, and nothing touches your branch.'
        }
        className="font-mono"
      />
      <datalist id={listId}>
        {found.data?.items.map((path) => (
          <option key={path} value={path} />
        ))}
        {remotes.data?.items.map(({ id, name, urlPrefix }) => (
          <option key={id} value={urlPrefix} label={name} />
        ))}
      </datalist>
      {repository === '' && (
        <div className="flex flex-wrap gap-1.5">
          {recent.map((each) => (
            <Button
              key={each}
              size="small"
              className="max-w-full"
              title={each}
              onClick={() => onChange({ repository: each, branch: '' })}
            >
              <FolderGit2 aria-hidden /> <span className="max-w-60 truncate">{each.split('/').at(-1)}</span>
            </Button>
          ))}
          {remotes.data?.items.map(({ id, name, urlPrefix }) => (
            <Button
              key={id}
              size="small"
              look="quiet"
              title={urlPrefix}
              onClick={() => onChange({ repository: urlPrefix, branch: '' })}
            >
              {name}…
            </Button>
          ))}
        </div>
      )}
      <div aria-live="polite" className="space-y-2 empty:hidden">
        {inspect.isPending && <p className="text-12 text-dim">Looks at the repository…</p>}
        <Fault error={inspect.error} />
        {inspect.data && (
          <>
            <p className="flex items-center gap-1.5 text-12 text-good">
              <CircleCheck aria-hidden className="size-3.5" /> Missions can use it.
            </p>
            <SelectField
              label="Begins from"
              value={branch}
              onChange={({ target }) => onChange({ repository, branch: target.value })}
            >
              <option value="">{inspect.data.defaultBranch} (the usual one)</option>
              {inspect.data.branches
                .filter((name) => name !== inspect.data.defaultBranch)
                .map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
            </SelectField>
          </>
        )}
      </div>
    </div>
  );
}
