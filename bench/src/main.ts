import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AetherSystem } from './aether.js';
import { startBare } from './bare.js';
import { compare } from './compare.js';
import { isOpenClawInstalled, resultsFile } from './config.js';
import { deploy, openChat } from './first-token.js';
import { freePort } from './free-port.js';
import { median } from './load.js';
import { memoryOf } from './memory.js';
import { render, type AgentTimes, type Results } from './report.js';

const WARM_STARTS = 3;
const TURNS = 5;
/** Garbage of the start is collected by then. */
const SETTLE_MS = 15_000;

const report = (text: string) => process.stderr.write(`${text}\n`);

async function measure(directory: string, system: AetherSystem): Promise<Results> {
  report('start from nothing');
  const coldStartMs = await system.up();
  await system.setUp();
  const warm: number[] = [];
  for (let start = 1; start <= WARM_STARTS; start += 1) {
    report(`start again, ${start} of ${WARM_STARTS}`);
    await system.down();
    warm.push(await system.up());
  }
  report('idle memory');
  await delay(SETTLE_MS);
  const memory = async () => Object.fromEntries(await memoryOf(system.hostPid));
  const idle = await memory();

  const bare = await startBare(directory);
  const comparisons = await compare(bare, system, report).finally(() => bare.stop());
  await delay(SETTLE_MS);
  const afterLoad = await memory();

  const agents = await measureAgents(system).catch((error: unknown) => {
    report(`The agents were not measured. ${String(error)}`);
    process.exitCode = 1;
    return null;
  });
  return {
    at: new Date().toISOString(),
    coldStartMs,
    warmStartMs: median(warm),
    idle,
    afterLoad,
    comparisons,
    agents,
  };
}

async function measureAgents(system: AetherSystem): Promise<AgentTimes> {
  report(isOpenClawInstalled() ? 'deploy' : 'deploy (the first one installs OpenClaw)');
  const first = await deploy(system, 'first');
  const second = await deploy(system, 'second');
  report('chat');
  const chat = await openChat(system, second.id);
  try {
    const opening = await chat.turn('hello');
    const turns = [];
    for (let turn = 0; turn < TURNS; turn += 1) turns.push(await chat.turn('hello'));
    return {
      deployReadyMs: [first.readyMs, second.readyMs],
      openingFirstWordMs: opening.firstMs,
      firstWordMs: median(turns.map(({ firstMs }) => firstMs)),
      replyMs: median(turns.map(({ endMs }) => endMs)),
    };
  } finally {
    chat.close();
  }
}

const directory = await mkdtemp(join(tmpdir(), 'aether-bench-'));
const system = new AetherSystem(join(directory, 'data'), join(directory, 'config'), await freePort());
try {
  const results = await measure(directory, system);
  process.stdout.write(`\n${render(results)}\n`);
  if (process.argv.includes('--json')) await writeFile(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
} finally {
  await system.down().catch((error: unknown) => report(String(error)));
  await rm(directory, { recursive: true, force: true });
}
