import type { ReactNode } from 'react';

/** One phase of the first steps: what it is about, and what to do. */
export function Phase({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="space-y-5">
      <div>
        <h2 className="text-20 font-semibold">{title}</h2>
        <p className="mt-1 text-dim">{lead}</p>
      </div>
      {children}
    </section>
  );
}
