const GB = 1_024;

/** For people: `768 MB`, `1.5 GB`. */
export function megabytes(count: number): string {
  if (count < GB) return `${Math.round(count)} MB`;
  return `${Math.round((count / GB) * 10) / 10} GB`;
}
