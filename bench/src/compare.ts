import type { AetherSystem } from './aether.js';
import type { startBare } from './bare.js';
import { load, type LoadResult, type Target } from './load.js';

export interface Comparison {
  readonly what: string;
  readonly connections: number;
  readonly bare: LoadResult;
  readonly aether: LoadResult;
}

const CONNECTIONS = [10, 50];
/** So that both read pages of the same size. */
const SEEDED = 50;

/** The same read and the same create, bare and through edge, bus and service, one after the other in one run. */
export async function compare(
  bare: Awaited<ReturnType<typeof startBare>>,
  system: AetherSystem,
  report: (text: string) => void,
): Promise<Comparison[]> {
  const body = JSON.stringify({ name: 'measured', role: 'viewer' });
  const json = { 'content-type': 'application/json' };
  const targets = (base: string, headers: Record<string, string>): Record<'read' | 'create', Target> => ({
    read: { method: 'GET', url: `${base}/api-keys?limit=20`, headers },
    create: { method: 'POST', url: `${base}/api-keys`, headers: { ...headers, ...json }, body },
  });
  const ours = targets(`${system.url}/api/v1`, system.headers);
  const theirs = targets(bare.url, bare.headers);
  for (const { url, ...create } of [ours.create, theirs.create])
    for (let made = 0; made < SEEDED; made += 1) await (await fetch(url, create)).text();

  const comparisons: Comparison[] = [];
  for (const what of ['read', 'create'] as const)
    for (const connections of CONNECTIONS) {
      report(`${what} with ${connections} clients`);
      comparisons.push({
        what,
        connections,
        bare: await load(theirs[what], connections),
        aether: await load(ours[what], connections),
      });
    }
  return comparisons;
}
