'use client';
import type { Attachment } from '@aether/contracts/attachments';
import { Download, File as FileIcon } from 'lucide-react';
import { useState } from 'react';
import { addressOf, refreshSession } from '@/api/call';
import { bytes } from '@/ui/words';

const addressOfContent = (id: string) => addressOf('GET /api/v1/attachments/{id}/content', { id });

/** A picture from our own origin. Where the session has run out since, it is renewed once and the picture asked for again. */
export function Picture({
  attachment: { id, name },
  className,
}: {
  readonly attachment: Attachment;
  readonly className: string;
}) {
  const [tries, setTries] = useState(0);
  return (
    <img
      key={tries}
      src={addressOfContent(id)}
      alt={name}
      loading="lazy"
      className={className}
      onError={() => {
        if (tries === 0) void refreshSession().then((isThere) => isThere && setTries(1));
      }}
    />
  );
}

/** What a message brought: pictures as pictures, other files with name and size; each leads to the file itself. */
export function AttachmentTiles({ attachments }: { readonly attachments: readonly Attachment[] }) {
  if (attachments.length === 0) return null;
  return (
    <ul aria-label="Attachments" className="flex flex-wrap justify-end gap-2">
      {attachments.map((attachment) => (
        <li key={attachment.id} className="min-w-0">
          <a
            href={addressOfContent(attachment.id)}
            download={attachment.name}
            title={`Save ${attachment.name}, ${bytes(attachment.bytes)}`}
            className="group relative block max-w-60 overflow-hidden rounded-card border border-line bg-surface hover:border-line-strong"
          >
            {attachment.isPicture ? (
              <Picture attachment={attachment} className="block h-36 w-48 bg-raised object-cover" />
            ) : (
              <span className="flex items-center gap-2.5 px-3 py-2">
                <FileIcon aria-hidden className="size-4 shrink-0 text-dim" />
                <span className="min-w-0">
                  <span className="block truncate text-13">{attachment.name}</span>
                  <span className="block text-12 text-dim">{bytes(attachment.bytes)}</span>
                </span>
                <Download aria-hidden className="size-3.5 shrink-0 text-faint group-hover:text-ink" />
              </span>
            )}
          </a>
        </li>
      ))}
    </ul>
  );
}
