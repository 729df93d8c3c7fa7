/** How the console writes figures: one way everywhere. */

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** `12 s`, `1 m 12 s`, `2 h 5 m`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 950) return `${Math.max(0, Math.round(ms / 10) / 100).toFixed(1)} s`;
  const s = Math.round(ms / 1_000);
  if (s < 60) return `${s} s`;
  if (s < 3_600) return `${Math.floor(s / 60)} m ${s % 60} s`;
  if (s < 86_400) return `${Math.floor(s / 3_600)} h ${Math.floor((s % 3_600) / 60)} m`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3_600)} h`;
}

/** `now`, `4 m ago`, `in 2 h`. */
export function relative(at: string, now: number): string {
  const ms = now - Date.parse(at);
  if (Math.abs(ms) < 5_000) return 'now';
  const s = Math.abs(ms) / 1_000;
  const text =
    s < 60
      ? `${Math.floor(s)} s`
      : s < 3_600
        ? `${Math.floor(s / 60)} m`
        : s < 86_400
          ? `${Math.floor(s / 3_600)} h`
          : `${Math.floor(s / 86_400)} d`;
  return ms > 0 ? `${text} ago` : `in ${text}`;
}

// Made once: to make one takes longer than to use it a hundred times.
const dateAndTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export const exact = (at: string): string => dateAndTime.format(new Date(at));

/** `640 B`, `12.4 MB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, count > 0 ? Math.floor(Math.log(count) / Math.log(1_000)) : 0);
  return `${number.format(count / 1_000 ** power)} ${units[power]}`;
}

/** `768 MB`, `1.5 GB`: as memory is sold, by powers of two. */
export const megabytes = (count: number): string =>
  count < 1_024 ? `${count} MB` : `${number.format(count / 1_024)} GB`;

/** `940`, `12.4k`, `3.1M`. */
export function compact(count: number): string {
  return new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
    .format(count)
    .replace('K', 'k');
}

export const money = (usd: number): string => `$${usd < 0.995 && usd > 0 ? usd.toFixed(3) : usd.toFixed(2)}`;

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** The first letter large, dashes as spaces: for states and other words of the API. */
export const sentence = (word: string): string =>
  word.charAt(0).toUpperCase() + word.slice(1).replaceAll('-', ' ').replaceAll('_', ' ');
