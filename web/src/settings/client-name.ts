const browsers = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;
const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS', 'macOS'],
  ['Linux', 'Linux'],
] as const;

const find = (pairs: readonly (readonly [string, string])[], text: string) =>
  pairs.find(([sign]) => text.includes(sign))?.[1];

/** `Firefox on Linux`, as far as the client says what it is. */
export function clientName(userAgent: string | null): string {
  if (!userAgent) return 'Unknown program';
  const browser = find(browsers, userAgent);
  const system = find(systems, userAgent);
  if (!browser) return userAgent.split(' ')[0] ?? userAgent;
  return system ? `${browser} on ${system}` : browser;
}
