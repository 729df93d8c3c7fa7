'use client';
import type { Receipt } from '@aether/contracts/mission-schemas';
import { CircleCheck, CircleX } from 'lucide-react';
import { Markdown } from '@/ui/markdown';
import { compact, duration, money, plural } from '@/ui/words';

/** The proof that goes with work: commit, checks with their output, and what it took. */
export function ReceiptView({ receipt }: { readonly receipt: Receipt }) {
  const facts: [string, string][] = [
    ['By', receipt.agentName],
    ['Commit', receipt.commit?.slice(0, 12) ?? 'none'],
    ['Tree', receipt.cleanTree ? 'clean' : 'not clean'],
    ['Files', plural(receipt.files.length, 'file')],
    ['Took', duration(Date.parse(receipt.finishedAt) - Date.parse(receipt.startedAt))],
    ['Tokens', compact(receipt.tokens)],
    ['Cost', money(receipt.costUsd)],
    ...(receipt.mergeCommit ? [['Merged as', receipt.mergeCommit.slice(0, 12)] as [string, string]] : []),
  ];
  return (
    <div className="space-y-4">
      <dl className="grid grid-cols-2 gap-3 rounded-card border border-line bg-surface p-3 sm:grid-cols-4">
        {facts.map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-12 text-dim">{name}</dt>
            <dd className="truncate font-mono text-12" title={value}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {receipt.checks.map((check) => {
        const ok = check.exitCode === 0;
        const Icon = ok ? CircleCheck : CircleX;
        return (
          <details key={check.name} open={!ok} className="rounded-card border border-line bg-surface">
            <summary className="flex cursor-pointer items-center gap-2 px-3 py-2">
              <Icon aria-hidden className={ok ? 'size-4 text-good' : 'size-4 text-bad'} />
              <span className="min-w-0 flex-1 truncate font-mono text-12">{check.command}</span>
              <span className="text-12 text-dim">
                {check.timedOut ? 'out of time' : `exit ${check.exitCode ?? 'by signal'}`} ·{' '}
                {duration(check.durationMs)}
              </span>
            </summary>
            <pre className="max-h-80 overflow-auto border-t border-line p-3 font-mono text-12 whitespace-pre-wrap">
              {check.output || 'No output.'}
            </pre>
          </details>
        );
      })}
      {receipt.summary && <Markdown text={receipt.summary} />}
    </div>
  );
}
