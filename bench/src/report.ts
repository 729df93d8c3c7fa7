import type { Comparison } from './compare.js';
import { total, type Memory } from './memory.js';

export interface Results {
  readonly at: string;
  readonly coldStartMs: number;
  readonly warmStartMs: number;
  readonly idle: Readonly<Record<string, Memory>>;
  readonly afterLoad: Readonly<Record<string, Memory>>;
  readonly comparisons: readonly Comparison[];
  /** Null where a deploy or a turn failed. */
  readonly agents: AgentTimes | null;
}

export interface AgentTimes {
  readonly deployReadyMs: readonly number[];
  /** Message to first word in an agent's first turn, which loads much of OpenClaw. */
  readonly openingFirstWordMs: number;
  /** The same in later turns, median. */
  readonly firstWordMs: number;
  /** Message to the end of the reply in later turns, median. */
  readonly replyMs: number;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const ms = (value: number) => `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`;
const mb = (value: number) => `${Math.round(value)} MB`;

/** The results as Markdown, ready for the README. */
export function render(results: Results): string {
  const { comparisons, idle, afterLoad } = results;
  const speed = comparisons.flatMap(({ what, connections, bare, aether }) =>
    [
      { name: 'bare Fastify + pg', ...bare },
      { name: 'Aether', ...aether },
    ].map(({ name, requestsPerS, p50Ms, p99Ms }) => [
      `${what}, ${connections} clients`,
      name,
      String(Math.round(requestsPerS)),
      ms(p50Ms),
      ms(p99Ms),
      `${Math.round((100 * requestsPerS) / bare.requestsPerS)} %`,
    ]),
  );
  const memory = [...Object.entries(idle), ['together', total(Object.values(idle))] as const].map(
    ([part, used]) => {
      const later = part === 'together' ? total(Object.values(afterLoad)) : afterLoad[part];
      return [part, mb(used.pssMb), mb(used.rssMb), later ? mb(later.pssMb) : ''];
    },
  );
  const times = [
    ['start from nothing (`aether up --detach`, empty data directory)', seconds(results.coldStartMs)],
    ['start again (median)', seconds(results.warmStartMs)],
    ...(results.agents ? agentRows(results.agents) : []),
  ];
  return [
    table(['request', 'server', 'per second', 'p50', 'p99', 'of bare'], speed),
    table(['memory', 'idle PSS', 'idle RSS', 'PSS after the load'], memory),
    table(['time', ''], times),
  ].join('\n\n');
}

const agentRows = ({ deployReadyMs, openingFirstWordMs, firstWordMs, replyMs }: AgentTimes) => [
  ...deployReadyMs.map((took, index) => [`deploy call to ready, agent ${index + 1}`, seconds(took)]),
  ['message to first word, first turn of an agent', seconds(openingFirstWordMs)],
  ['message to first word, later turns (median)', ms(firstWordMs)],
  ['message to the end of a reply of 30 words (median)', ms(replyMs)],
];

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
