'use client';
import { ArrowUp, Square } from 'lucide-react';
import { useState } from 'react';
import { useReadOnly } from '@/ui/read-only';

/** Where one writes: Enter sends, Shift and Enter begins a line. */
export function Composer({
  label,
  busy,
  disabled = false,
  onSend,
  onStop,
}: {
  readonly label: string;
  /** An answer is under way; it can be stopped. */
  readonly busy: boolean;
  readonly disabled?: boolean;
  /** `putBack` gives the text back to its writer, where it was not sent. */
  readonly onSend: (text: string, putBack: () => void) => void;
  readonly onStop: () => void;
}) {
  const [text, setText] = useState('');
  const isReadOnly = useReadOnly();
  const send = () => {
    if (busy || isReadOnly || text.trim() === '') return;
    onSend(text, () => setText((newer) => newer || text));
    setText('');
  };
  return (
    <form
      className="flex items-end gap-2 rounded-card border border-line-strong/60 bg-surface p-1.5 focus-within:border-accent"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        aria-label={label}
        placeholder={label}
        rows={1}
        disabled={disabled}
        value={text}
        onChange={(event) => setText(event.target.value)}
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
          disabled={disabled || isReadOnly || text.trim() === ''}
          aria-label="Send"
          title="Send"
          className="flex size-8 items-center justify-center rounded-control bg-accent text-on-accent disabled:opacity-45"
        >
          <ArrowUp aria-hidden className="size-4" />
        </button>
      )}
    </form>
  );
}
