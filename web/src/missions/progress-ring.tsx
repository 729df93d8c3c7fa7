import type { Progress } from './progress';

const R = 8;
const ROUND = 2 * Math.PI * R;

/** Accepted tasks as a part of a circle. */
export function ProgressRing({ progress: { done, total } }: { readonly progress: Progress }) {
  const part = total ? done / total : 0;
  return (
    <svg
      role="img"
      aria-label={`${done} of ${total} tasks accepted`}
      viewBox="0 0 20 20"
      className="size-5 shrink-0 -rotate-90"
    >
      <circle cx="10" cy="10" r={R} fill="none" strokeWidth="2.5" className="stroke-line" />
      <circle
        cx="10"
        cy="10"
        r={R}
        fill="none"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeDasharray={`${part * ROUND} ${ROUND}`}
        className={part === 1 ? 'stroke-good' : part > 0 ? 'stroke-accent' : 'stroke-transparent'}
      />
    </svg>
  );
}
