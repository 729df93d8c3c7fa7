import { classes } from './classes';

/** A hue that stays with an agent: from its name, at the theme's lightness and chroma. */
function hueOf(name: string): number {
  let hash = 2_166_136_261;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) % 360;
}

export const agentColour = (name: string): string =>
  `oklch(var(--agent-lightness) var(--agent-chroma) ${hueOf(name)})`;

/** Two letters on the agent's colour. */
export function AgentMark({
  name,
  size = 'usual',
}: {
  readonly name: string;
  readonly size?: 'small' | 'usual' | 'large';
}) {
  const letters = name
    .split(/[-_\s/]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((part) => part.charAt(0))
    .join('')
    .toUpperCase();
  const box = { small: 'size-5 text-[9px]', usual: 'size-7 text-11', large: 'size-10 text-14' }[size];
  return (
    <span
      aria-hidden
      title={name}
      style={{
        color: agentColour(name),
        background: `color-mix(in oklch, ${agentColour(name)} 16%, var(--surface))`,
        borderColor: `color-mix(in oklch, ${agentColour(name)} 45%, var(--surface))`,
      }}
      className={classes(
        'inline-flex shrink-0 items-center justify-center rounded-control border font-semibold',
        box,
      )}
    >
      {letters || '?'}
    </span>
  );
}
