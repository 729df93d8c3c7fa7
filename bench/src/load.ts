import autocannon from 'autocannon';

export interface Target {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadResult {
  readonly requestsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const WARM_UP_S = 2;
const MEASURED_S = 8;

/** Requests as fast as `connections` clients get their answers. Throws where an answer is not a good one. */
export async function load(target: Target, connections: number): Promise<LoadResult> {
  await run(target, connections, WARM_UP_S);
  return run(target, connections, MEASURED_S);
}

async function run(target: Target, connections: number, duration: number): Promise<LoadResult> {
  const times: number[] = [];
  const instance = autocannon({ ...target, headers: { ...target.headers }, connections, duration });
  instance.on('response', (...[, , , milliseconds]) => times.push(milliseconds));
  const result = await instance;
  if (result.errors + result.non2xx > 0)
    throw new Error(
      `${target.method} ${target.url}: ${result.errors} errors and ${result.non2xx} refusals among ${times.length} answers.`,
    );
  times.sort((a, b) => a - b);
  return { requestsPerS: result['2xx'] / result.duration, p50Ms: at(times, 0.5), p99Ms: at(times, 0.99) };
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;

export function median(values: readonly number[]): number {
  return at(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}
