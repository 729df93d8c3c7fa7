const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];
const STEP = 1_024;

/** `640 B`, `9.4 MB`, `2 GB`: as memory is sold, by powers of two. */
export function bytes(count: number): string {
  const power = count > 0 ? Math.min(UNITS.length - 1, Math.floor(Math.log2(count) / 10)) : 0;
  const value = count / STEP ** power;
  const written = power === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1).replace('.0', '');
  return `${written} ${UNITS[power]}`;
}
