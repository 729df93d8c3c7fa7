'use client';
import type { LogLine } from '@aether/contracts/deployer';
import { memo, type ReactNode } from 'react';
import { classes } from '@/ui/classes';
import { exact } from '@/ui/words';

const tones: Readonly<Record<LogLine['level'], string>> = {
  step: 'text-accent',
  info: 'text-ink',
  warn: 'text-wait',
  error: 'text-bad',
};

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

export const LogRow = memo(function LogRow({
  line,
  words,
  isCurrent,
}: {
  readonly line: LogLine;
  /** Marked where they are; in small letters. */
  readonly words: string;
  readonly isCurrent: boolean;
}) {
  return (
    <div className={classes('flex gap-3 px-4 leading-5', isCurrent && 'bg-accent-quiet')}>
      <time dateTime={line.at} title={exact(line.at)} className="shrink-0 text-faint select-none">
        {clock.format(new Date(line.at))}
      </time>
      <span className={classes('min-w-0 flex-1 break-words whitespace-pre-wrap', tones[line.level])}>
        <Marked text={line.text} words={words} />
      </span>
    </div>
  );
});

function Marked({ text, words }: { readonly text: string; readonly words: string }) {
  if (!words) return text;
  const parts: ReactNode[] = [];
  const low = text.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(words); at >= 0; at = low.indexOf(words, from)) {
    parts.push(
      text.slice(from, at),
      <mark key={at} className="rounded-sm bg-wait-quiet text-wait">
        {text.slice(at, at + words.length)}
      </mark>,
    );
    from = at + words.length;
  }
  return [...parts, text.slice(from)];
}
