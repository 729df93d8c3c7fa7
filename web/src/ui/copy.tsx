'use client';
import { Check, Copy as CopyIcon } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button';

/** Copies a text; where the browser forbids it the text stays selectable beside the button. */
export function Copy({
  text,
  label = 'Copy',
  onCopied,
}: {
  /** A long text is made, or even fetched, when it is asked for. */
  readonly text: string | (() => Promise<string>);
  readonly label?: string;
  readonly onCopied?: () => void;
}) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (typeof text === 'string') await navigator.clipboard.writeText(text);
    // What comes later is still owed to the click, which browsers ask for.
    else await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text() })]);
    setCopied(true);
    onCopied?.();
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <Button size="small" onClick={() => void copy()}>
      {copied ? <Check aria-hidden /> : <CopyIcon aria-hidden />}
      <span aria-live="polite">{copied ? 'Copied' : label}</span>
    </Button>
  );
}
