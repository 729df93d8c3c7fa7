import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, seedChat, seedLog, seedMissions } from '@aether/testing/seed';
import { AetherSystem } from './aether.js';
import { environment } from './config.js';
import { ConsolePage, type Measured } from './console-page.js';
import { scroll, type Scroll } from './console-scroll.js';
import { Storm, watchStorm } from './console-storm.js';
import { freePort } from './free-port.js';
import { percentile } from './percentile.js';

/** How the console carries much: long lists scrolled from end to end, and many events on each screen. */
const MISSIONS = 10_000;
const MESSAGES = 5_000;
const LINES = 100_000;
const PER_SECOND = 200;
const GRAPH_TASKS = 30;

const seconds = Number(process.argv.find((word) => word.startsWith('--seconds='))?.slice(10) ?? 60);
const report = (text: string) => process.stderr.write(`${text}\n`);
const ms = (value: number) => (Number.isNaN(value) ? '-' : `${value.toFixed(0)} ms`);
const mb = (value: number) => `${value.toFixed(0)} MB`;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const longTasks = ({ longTaskMs }: Measured) =>
  longTaskMs.length === 0
    ? 'none'
    : `${longTaskMs.length}, ${ms(Math.max(...longTaskMs))}, ${ms(sum(longTaskMs))}`;
const shared = (measured: Measured) => [
  ...[50, 95, 99].map((rank) => ms(percentile(measured.frameMs, rank))),
  longTasks(measured),
];
const memory = ({ heapBeforeMb, heapAfterMb, nodes }: Measured) => [
  `${mb(heapBeforeMb)} → ${mb(heapAfterMb)}`,
  String(nodes),
];
/** Told as it is known, since a run takes minutes. */
function row(...cells: readonly string[]): string {
  const text = `| ${cells.join(' | ')} |`;
  report(text);
  return text;
}

/** A mission that is approved and whose tasks nobody can do, so that its graph is as the storm makes it. */
async function graphMission(system: AetherSystem): Promise<string> {
  const { id } = await system.call('POST /api/v1/missions', { goal: 'A graph', plan: false });
  for (let at = 0; at < GRAPH_TASKS; at += 1)
    await system.call('POST /api/v1/tasks', {
      missionId: id,
      key: `task-${at}`,
      title: `Task ${at}`,
      instructions: 'Do it.',
      requires: ['seeded'],
      dependsOn: at < 3 ? [] : [`task-${at - 3}`],
    });
  await system.call('POST /api/v1/missions/{id}/approve', { id });
  return id;
}

async function measure(system: AetherSystem, dataDir: string): Promise<string[]> {
  const { id: me } = await system.call('GET /api/v1/me', {});
  const [missions, bridge, deployer] = await Promise.all(
    (['missions', 'openclaw-bridge', 'deployer'] as const).map((owner) => openDatabase(dataDir, owner)),
  );
  if (!missions || !bridge || !deployer) throw new Error('a database is missing');
  report('seed');
  await seedMissions(missions, MISSIONS, me);
  const chatId = await seedChat(bridge, MESSAGES, me);
  const deploymentId = await seedLog(deployer, LINES, me);
  const graphId = await graphMission(system);
  const console = await ConsolePage.open(system.url);
  try {
    const completed = (MISSIONS * 80) / 100;
    const scrolls: readonly Scroll[] = [
      {
        what: `board, column of ${completed.toLocaleString('en')} of ${MISSIONS.toLocaleString('en')} missions`,
        path: '/missions/',
        box: 'section[aria-label="Completed"]',
        end: `section[aria-label="Completed"] li[aria-posinset="${completed}"]`,
        direction: 'down',
      },
      {
        what: `table of ${(MISSIONS + 1).toLocaleString('en')} missions`,
        path: '/missions/',
        box: '[role=region][aria-label="Missions"]',
        end: `li[aria-posinset="${MISSIONS + 1}"]`,
        direction: 'down',
        before: (page) => page.getByRole('button', { name: 'Table' }).click(),
      },
      {
        what: `chat of ${MESSAGES.toLocaleString('en')} messages, upward`,
        path: `/chats/${chatId}/`,
        box: '[role=log]',
        end: '[data-message="1"]',
        direction: 'up',
      },
      {
        what: `log of ${LINES.toLocaleString('en')} lines, upward`,
        path: `/deployments/${deploymentId}/?view=logs`,
        box: '[role=log]',
        end: '[role=log] :text-is("[gateway] listening on ws://127.0.0.1:21000 (1)")',
        direction: 'up',
      },
    ];
    const lines = [
      row(
        'scrolled with the wheel, end to end',
        'frame p50',
        'p95',
        'p99',
        'long tasks: count, longest, all',
        'layout shift',
        'heap',
        'DOM nodes',
        'took',
      ),
      row(...Array.from({ length: 9 }, () => '---')),
    ];
    for (const each of scrolls) {
      report(each.what);
      const measured = await scroll(console, each);
      const took = `${(measured.tookMs / 1_000).toFixed(0)} s${measured.reached ? '' : ', end not reached'}`;
      lines.push(row(each.what, ...shared(measured), measured.shift.toFixed(3), ...memory(measured), took));
    }

    lines.push(
      '',
      row(
        `${PER_SECOND} events a second for ${seconds} s`,
        'frame p50',
        'p95',
        'p99',
        'long tasks: count, longest, all',
        'input to picture p50',
        'p95',
        'events told, a second',
        'layout shift',
        'heap',
        'DOM nodes',
      ),
      row(...Array.from({ length: 11 }, () => '---')),
    );
    const running = await system.call('GET /api/v1/missions', { limit: 200, state: 'running' });
    const tasks = await system.call('GET /api/v1/tasks', { missionId: graphId, limit: 200 });
    const screens = [
      ['Home', '/'],
      ['board', '/missions/'],
      ['graph of 30 tasks', `/missions/${graphId}/`],
      ['event viewer', '/system/?tab=events'],
    ] as const;
    const storm = new Storm({
      system,
      database: missions,
      perSecond: PER_SECOND,
      seconds,
      missions: running.items.filter(({ id }) => id !== graphId),
      tasks: tasks.items,
    });
    for (const [what, path] of [['board, no events', '/missions/'] as const, ...screens]) {
      report(what);
      const isCalm = what.endsWith('no events');
      const measured = await watchStorm(
        console,
        { path, storm: isCalm ? null : storm },
        isCalm ? 15 : seconds,
      );
      lines.push(
        row(
          what,
          ...shared(measured),
          ...[50, 95].map((rank) => ms(percentile(measured.inputMs, rank))),
          `${measured.frames}, ${(measured.frames / (sum(measured.frameMs) / 1_000)).toFixed(0)}`,
          measured.shift.toFixed(3),
          ...memory(measured),
        ),
      );
    }
    return lines;
  } finally {
    await console.close();
    await Promise.all([missions, bridge, deployer].map((database) => database.end()));
  }
}

environment.LOG_LINES_MAX = String(2 * LINES);
const directory = await mkdtemp(join(tmpdir(), 'aether-bench-'));
const dataDir = join(directory, 'data');
const system = new AetherSystem(dataDir, join(directory, 'config'), await freePort());
try {
  await system.up();
  await system.setUp();
  process.stdout.write(`\n${(await measure(system, dataDir)).join('\n')}\n`);
} finally {
  await system.down().catch((error: unknown) => report(String(error)));
  await rm(directory, { recursive: true, force: true });
}
