/** Line drawings for what is empty; decoration only. */
const drawings = {
  orbit: (
    <>
      <circle cx="60" cy="40" r="9" />
      <ellipse cx="60" cy="40" rx="44" ry="17" transform="rotate(-14 60 40)" />
      <ellipse cx="60" cy="40" rx="44" ry="17" transform="rotate(38 60 40)" opacity=".45" />
      <circle cx="101" cy="27" r="3.5" className="fill-accent stroke-accent" />
      <circle cx="30" cy="15" r="2.5" />
    </>
  ),
  graph: (
    <>
      <rect x="6" y="30" width="28" height="20" rx="4" />
      <rect x="48" y="8" width="28" height="20" rx="4" className="stroke-accent" />
      <rect x="48" y="52" width="28" height="20" rx="4" />
      <rect x="88" y="30" width="28" height="20" rx="4" strokeDasharray="3 3" />
      <path d="M34 40c8 0 6-22 14-22M34 40c8 0 6 22 14 22M76 18c8 0 6 22 12 22M76 62c8 0 6-22 12-22" />
    </>
  ),
  talk: (
    <>
      <path d="M18 14h56a6 6 0 0 1 6 6v22a6 6 0 0 1-6 6H40L28 58V48H18a6 6 0 0 1-6-6V20a6 6 0 0 1 6-6Z" />
      <path d="M24 26h36M24 36h22" />
      <path
        d="M92 30h8a6 6 0 0 1 6 6v18a6 6 0 0 1-6 6h-2v9l-10-9H66a6 6 0 0 1-5-3"
        className="stroke-accent"
      />
    </>
  ),
  lock: (
    <>
      <rect x="38" y="34" width="44" height="34" rx="6" />
      <path d="M47 34V23a13 13 0 0 1 26 0v11" />
      <circle cx="60" cy="49" r="4" className="stroke-accent" />
      <path d="M60 53v6" className="stroke-accent" />
    </>
  ),
} as const;

export type DrawingName = keyof typeof drawings;

export function Drawing({ name }: { readonly name: DrawingName }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 120 80"
      className="h-20 w-30 fill-none stroke-line-strong"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {drawings[name]}
    </svg>
  );
}
