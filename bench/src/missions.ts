import { environment, DIRECTORY_VARIABLE, SERVERS_VARIABLE } from '@aether/testing/config';
import { hostTestServers } from '@aether/testing/test-servers';
import { startProcessSystem } from '@aether/testing/process-system';
import { boardLoad } from './board-load.js';
import { chainInFlight, throughput, type Chain } from './mission-load.js';
import { restateChain } from './restate.js';
import { graphileChain, pgBossChain } from './queues.js';

/** Tasks of one chain, one after the other; each starts when the one before is done. */
const STEPS = 60;
const IN_FLIGHT = 900;
const BURST = 300;

const report = (text: string) => process.stderr.write(`${text}\n`);
const ms = (value: number) => `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`;

function row(name: string, { p50Ms, p99Ms, perS }: Chain): string {
  return `| ${name} | ${ms(p50Ms)} | ${ms(p99Ms)} | ${perS.toFixed(1)} |`;
}

const servers = await hostTestServers();
environment[SERVERS_VARIABLE] = servers.url;
environment[DIRECTORY_VARIABLE] = servers.directory;
report('the system');
const system = await startProcessSystem({
  TASKS_MAX: '1000',
  TASKS_PER_MISSION_MAX: '1000',
  MEMORY_FREE_MIN_MB: '0',
  AGENT_CONCURRENCY: '64',
});
try {
  report('the board alone');
  const board = await boardLoad(system);
  report(`${BURST} independent tasks at once`);
  const tasksPerS = await throughput(system, BURST);
  report(`a chain of ${STEPS} tasks, with ${IN_FLIGHT} tasks in flight`);
  const aether = await chainInFlight(system, { steps: STEPS, inFlight: IN_FLIGHT });
  report('the same chain through graphile-worker and pg-boss');
  const graphile = await graphileChain(system.postgresUrl, { steps: STEPS, inFlight: IN_FLIGHT });
  const pgBoss = await pgBossChain(system.postgresUrl, { steps: STEPS, inFlight: IN_FLIGHT });
  report('and through Restate');
  const restate = await restateChain({ steps: STEPS, inFlight: IN_FLIGHT });
  process.stdout.write(
    [
      '',
      `| done → next started, ${IN_FLIGHT} in flight | p50 | p99 | steps per second |`,
      '| --- | --- | --- | --- |',
      row('Aether: accepted → turn of the dependent task at its gateway', aether),
      row('graphile-worker: job done → next job runs', graphile),
      row('pg-boss: job done → next job runs', pgBoss),
      ...(restate
        ? [row('Restate: step done → next step runs', restate)]
        : ['| Restate: its server does not run here | – | – | – |']),
      '',
      `${tasksPerS.toFixed(1)} tasks per second from start to accepted (${BURST} independent ones, each with a turn).`,
      '',
      '| the board alone, 100 missions of 20 tasks | requests | per second | p50 | p99 |',
      '| --- | --- | --- | --- | --- |',
      ...board.map(
        ({ what, count, perS, p50Ms, p99Ms }) =>
          `| ${what} | ${count} | ${Math.round(perS)} | ${ms(p50Ms)} | ${ms(p99Ms)} |`,
      ),
      '',
    ].join('\n'),
  );
} finally {
  await system.stop();
  await servers.stop();
}
process.exit();
