'use client';
import { File as FileIcon, LoaderCircle, RotateCw, X } from 'lucide-react';
import { classes } from '@/ui/classes';
import { IconButton } from '@/ui/button';
import { bytes } from '@/ui/words';
import { Picture } from './attachment-tiles';
import { mayRetry, whyNot, type Brought, type Files } from './use-files';

/** The files of the message that is being written: how far each has come, and what is wrong with it. */
export function BroughtFiles({ files }: { readonly files: Files }) {
  if (files.list.length === 0) return null;
  return (
    <ul aria-label="Files of this message" className="flex flex-wrap gap-2 px-1 pt-1">
      {files.list.map((brought) => (
        <Tile
          key={brought.id}
          brought={brought}
          onRemove={() => files.remove(brought.id)}
          onRetry={() => files.retry(brought.id)}
        />
      ))}
    </ul>
  );
}

function Tile({
  brought: { file, attachment, error, sentBytes },
  onRemove,
  onRetry,
}: {
  readonly brought: Brought;
  readonly onRemove: () => void;
  readonly onRetry: () => void;
}) {
  const isOn = !attachment && !error;
  return (
    <li
      className={classes(
        'relative flex max-w-full min-w-0 items-center gap-2 overflow-hidden rounded-control border py-1 pr-1 pl-2',
        error ? 'border-bad/50 bg-bad-quiet' : 'border-line bg-raised',
      )}
    >
      {attachment?.isPicture ? (
        <Picture attachment={attachment} className="size-8 rounded-sm object-cover" />
      ) : isOn ? (
        <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin text-dim" />
      ) : (
        <FileIcon aria-hidden className={classes('size-4 shrink-0', error ? 'text-bad' : 'text-dim')} />
      )}
      <span className="min-w-0">
        <span className="block max-w-48 truncate text-12" title={file.name}>
          {file.name}
        </span>
        {error ? (
          <span role="alert" className="block text-11 text-bad">
            {whyNot(error)}
          </span>
        ) : (
          <span className="block text-11 text-dim">
            {isOn ? `${bytes(sentBytes)} of ${bytes(file.size)}` : bytes(file.size)}
          </span>
        )}
      </span>
      {mayRetry(error) && (
        <IconButton label={`Bring ${file.name} again`} onClick={onRetry} className="size-6">
          <RotateCw aria-hidden />
        </IconButton>
      )}
      <IconButton label={`Remove ${file.name}`} onClick={onRemove} className="size-6">
        <X aria-hidden />
      </IconButton>
      {isOn && (
        <span
          role="progressbar"
          aria-label={`Bringing ${file.name}`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round((sentBytes / file.size) * 100)}
          className="absolute inset-x-0 bottom-0 h-0.5 origin-left bg-accent transition-transform duration-180"
          style={{ transform: `scaleX(${sentBytes / file.size})` }}
        />
      )}
    </li>
  );
}
