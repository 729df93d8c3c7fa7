'use client';
import { ArrowUp, Paperclip, Square } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { IconButton } from '@/ui/button';
import { classes } from '@/ui/classes';
import { useReadOnly } from '@/ui/read-only';
import { BroughtFiles } from './brought-files';
import type { Files } from './use-files';

/** Where one writes: Enter sends, Shift and Enter begins a line. Files come by button, paste and drag. */
export function Composer({
  label,
  busy,
  disabled = false,
  files,
  draft = null,
  onDraftTaken,
  onSend,
  onStop,
}: {
  readonly label: string;
  /** An answer is under way; it can be stopped. */
  readonly busy: boolean;
  readonly disabled?: boolean;
  /** Where absent, messages bring no files. */
  readonly files?: Files;
  /** Text that was written elsewhere, to be looked at and sent here. */
  readonly draft?: { readonly text: string } | null;
  readonly onDraftTaken?: () => void;
  /** `putBack` gives the text back to its writer, where it was not sent. */
  readonly onSend: (text: string, putBack: () => void) => void;
  readonly onStop: () => void;
}) {
  const [text, setText] = useState('');
  const [isOver, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const isReadOnly = useReadOnly();
  const brought = files?.list ?? [];
  const isWhole = brought.every(({ attachment }) => attachment !== null);
  const mayNotSend = disabled || isReadOnly || !isWhole || (text.trim() === '' && brought.length === 0);
  useEffect(() => {
    if (!draft || disabled) return;
    // What its writer has begun here stays.
    setText((begun) => (begun && begun !== draft.text ? `${begun}\n${draft.text}` : draft.text));
    field.current?.focus();
    onDraftTaken?.();
  }, [draft, disabled, onDraftTaken]);
  const add = (given: FileList | null | undefined) => {
    if (!files || disabled || isReadOnly || !given?.length) return false;
    files.add(given);
    return true;
  };
  const send = () => {
    if (busy || mayNotSend) return;
    onSend(text, () => setText((newer) => newer || text));
    setText('');
  };
  return (
    <form
      className={classes(
        'rounded-card border bg-surface p-1.5 focus-within:border-accent',
        isOver ? 'border-accent bg-accent-quiet' : 'border-line-strong/60',
      )}
      onDragOver={(event) => {
        if (!files || !event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (add(event.dataTransfer.files)) event.preventDefault();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {files && <BroughtFiles files={files} />}
      <div className="flex items-end gap-2">
        {files && (
          <>
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              onChange={(event) => {
                add(event.target.files);
                // The same file may be chosen again.
                event.target.value = '';
              }}
            />
            <IconButton
              label="Attach files"
              disabled={disabled || isReadOnly}
              onClick={() => picker.current?.click()}
            >
              <Paperclip aria-hidden />
            </IconButton>
          </>
        )}
        <textarea
          ref={field}
          aria-label={label}
          placeholder={label}
          rows={1}
          disabled={disabled}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onPaste={(event) => {
            if (add(event.clipboardData.files)) event.preventDefault();
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send();
          }}
          className="field-sizing-content max-h-48 min-h-8 flex-1 resize-none bg-transparent px-2 py-1.5 text-14 outline-none placeholder:text-faint"
        />
        {busy ? (
          <button
            type="button"
            onClick={onStop}
            aria-label="Stop the answer"
            title="Stop the answer"
            className="flex size-8 items-center justify-center rounded-control bg-raised text-ink hover:bg-line"
          >
            <Square aria-hidden className="size-3.5 fill-current" />
          </button>
        ) : (
          <button
            type="submit"
            disabled={mayNotSend}
            aria-label="Send"
            title="Send"
            className="flex size-8 items-center justify-center rounded-control bg-accent text-on-accent disabled:opacity-45"
          >
            <ArrowUp aria-hidden className="size-4" />
          </button>
        )}
      </div>
    </form>
  );
}
