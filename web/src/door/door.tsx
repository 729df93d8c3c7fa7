import type { ReactNode } from 'react';
import { Mark } from '@/ui/mark';

/** What is before the console: one calm column. */
export function Door({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <main className="relative grid min-h-dvh place-items-center overflow-hidden px-4 py-10">
      <svg
        aria-hidden
        viewBox="0 0 1200 800"
        preserveAspectRatio="xMidYMid slice"
        className="pointer-events-none absolute inset-0 -z-10 h-full w-full fill-none stroke-line"
      >
        <ellipse cx="600" cy="400" rx="560" ry="210" transform="rotate(-24 600 400)" />
        <ellipse cx="600" cy="400" rx="420" ry="150" transform="rotate(-24 600 400)" />
        <ellipse cx="600" cy="400" rx="700" ry="290" transform="rotate(-24 600 400)" />
        <circle cx="1068" cy="172" r="6" className="fill-accent stroke-none" />
        <circle cx="236" cy="596" r="4" className="fill-line-strong stroke-none" />
        <circle cx="914" cy="212" r="3" className="fill-line-strong stroke-none" />
      </svg>
      <div className="w-full max-w-100 animate-appear space-y-6">
        <div className="flex items-center gap-3">
          <Mark size={36} />
          <span className="text-20 font-semibold tracking-tight">Aether</span>
        </div>
        <div className="rounded-dialog border border-line bg-surface p-6 shadow-float">
          <h1 className="text-20 font-semibold">{title}</h1>
          {lead && <p className="mt-1 text-dim">{lead}</p>}
          <div className="mt-5">{children}</div>
        </div>
      </div>
    </main>
  );
}
