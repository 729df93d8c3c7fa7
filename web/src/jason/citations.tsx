'use client';
import type { Task } from '@aether/contracts/mission-schemas';
import { FileText, ListTree } from 'lucide-react';
import { useRead } from '@/api/queries';
import { Link } from '@/ui/link';

interface Citation {
  readonly label: string;
  readonly taskId: string;
  readonly isFile: boolean;
}

const MAX = 8;
const wordsOf = (text: string) =>
  new Set(text.split(/[\s`"'“”(),;:]+/).map((word) => word.replace(/\.$/, '')));

/** Tasks, by key or title, and files that they changed, as far as a text speaks of them. */
function citationsIn(text: string, tasks: readonly Task[]): readonly Citation[] {
  const words = wordsOf(text);
  const files = new Map(
    tasks.flatMap(({ id, receipt }) => receipt?.files.map(({ path }) => [path, id] as const) ?? []),
  );
  return [
    ...tasks
      .filter(({ key, title }) => words.has(key) || text.includes(title))
      .map(({ id, title }) => ({ label: title, taskId: id, isFile: false })),
    ...[...files]
      .filter(([path]) => words.has(path))
      .map(([path, taskId]) => ({ label: path, taskId, isFile: true })),
  ].slice(0, MAX);
}

/** What Jason speaks of, as links. */
export function Citations({ missionId, text }: { readonly missionId: string; readonly text: string }) {
  const tasks = useRead('GET /api/v1/tasks', { missionId, limit: 200 });
  const found = citationsIn(text, tasks.data?.items ?? []);
  if (found.length === 0) return null;
  return (
    <ul aria-label="Spoken of" className="flex flex-wrap gap-1.5">
      {found.map(({ label, taskId, isFile }) => (
        <li key={`${taskId}${label}`} className="max-w-full">
          <Link
            href={`/missions/${missionId}/?task=${taskId}${isFile ? '&part=diff' : ''}`}
            title={label}
            className="inline-flex h-6 max-w-full items-center gap-1 rounded-sm bg-raised px-2 text-12 text-accent hover:underline"
          >
            {isFile ? (
              <FileText aria-hidden className="size-3.5 shrink-0" />
            ) : (
              <ListTree aria-hidden className="size-3.5 shrink-0" />
            )}
            <span className="truncate">{label}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
