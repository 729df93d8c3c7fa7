/** The mark: a body and what circles it. */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 32 32" fill="none">
      <rect width="32" height="32" rx="8" fill="#4f46c8" />
      <ellipse
        cx="16"
        cy="16"
        rx="11"
        ry="5.2"
        transform="rotate(-32 16 16)"
        stroke="#fff"
        strokeWidth="1.8"
      />
      <circle cx="16" cy="16" r="3.4" fill="#fff" />
      <circle cx="24.6" cy="9.2" r="2.1" fill="#fff" />
    </svg>
  );
}
