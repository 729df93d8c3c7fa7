'use client';
import { classes } from '@/ui/classes';
import type { DiffFile } from './diff';

interface Folder {
  readonly path: string;
  readonly files: DiffFile[];
}

/** Files by the folder that they are in, in the order of the change. */
function foldersOf(files: readonly DiffFile[]): readonly Folder[] {
  const folders = new Map<string, Folder>();
  for (const file of files) {
    const path = file.path.slice(0, Math.max(0, file.path.lastIndexOf('/')));
    const folder = folders.get(path) ?? { path, files: [] };
    folder.files.push(file);
    folders.set(path, folder);
  }
  return [...folders.values()].sort((a, b) => a.path.localeCompare(b.path));
}

/** Where in the repository something changed; a choice goes there. */
export function FileTree({
  files,
  current,
  onChoose,
}: {
  readonly files: readonly DiffFile[];
  readonly current: string | undefined;
  readonly onChoose: (file: DiffFile) => void;
}) {
  return (
    <nav aria-label="Changed files" className="space-y-2 p-2 text-12">
      {foldersOf(files).map((folder) => (
        <div key={folder.path}>
          {folder.path && (
            <p className="truncate px-2 py-0.5 font-mono text-dim" title={folder.path}>
              {folder.path}/
            </p>
          )}
          <ul>
            {folder.files.map((file) => (
              <li key={file.path}>
                <button
                  type="button"
                  aria-current={file.path === current || undefined}
                  onClick={() => onChoose(file)}
                  className={classes(
                    'flex w-full items-center gap-1.5 rounded-control px-2 py-1 text-left hover:bg-raised',
                    folder.path && 'pl-4',
                    file.path === current && 'bg-accent-quiet',
                  )}
                >
                  <span className="min-w-0 flex-1 truncate font-mono" title={file.path}>
                    {file.path.slice(file.path.lastIndexOf('/') + 1)}
                  </span>
                  <span className="text-good">+{file.additions}</span>
                  <span className="text-bad">−{file.deletions}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
