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
  readonly text: string;
  readonly label?: string;
  readonly onCopied?: () => void;
}) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
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
