import type { Connection } from '@aether/contracts/connections';

/** What does not work with a gateway that is older or newer than Aether expects. */
export function MissingMethods({ missing }: Pick<Connection, 'missing'>) {
  if (missing.length === 0) return null;
  return (
    <ul
      aria-label="What does not work with this gateway"
      className="list-disc space-y-0.5 pl-5 text-12 text-dim"
    >
      {missing.map(({ method, effect }) => (
        <li key={method}>
          <code className="font-mono">{method}</code> is missing: {effect}
        </li>
      ))}
    </ul>
  );
}
