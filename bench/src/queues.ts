import { once, EventEmitter } from 'node:events';
import { makeWorkerUtils, run } from 'graphile-worker';
import { Pool } from 'pg';
import { PgBoss } from 'pg-boss';
import type { Chain } from './mission-load.js';
import { percentile } from './percentile.js';

export interface Load {
  readonly steps: number;
  /** Jobs that run all the while and end with the measurement. */
  readonly inFlight: number;
}

/** Each job adds the next one before it ends, as a dependency made by hand does. */
export class Steps {
  readonly ended = new EventEmitter();
  readonly hold = Promise.withResolvers<void>();
  private readonly waits: number[] = [];
  private doneAt: number | null = null;
  private readonly begunAt: number[] = [];

  constructor(private readonly steps: number) {}

  /** True where another step follows. */
  begin(step: number): boolean {
    const now = performance.now();
    this.begunAt.push(now);
    if (this.doneAt !== null) this.waits.push(now - this.doneAt);
    if (step + 1 < this.steps) return true;
    this.hold.resolve();
    this.ended.emit('end');
    return false;
  }

  done(): void {
    this.doneAt = performance.now();
  }

  result(): Chain {
    const span = (this.begunAt.at(-1) ?? NaN) - (this.begunAt[0] ?? NaN);
    return {
      p50Ms: percentile(this.waits, 50),
      p99Ms: percentile(this.waits, 99),
      perS: (1_000 * (this.steps - 1)) / span,
    };
  }
}

export async function graphileChain(connectionString: string, { steps, inFlight }: Load): Promise<Chain> {
  const chain = new Steps(steps);
  const pgPool = new Pool({ connectionString, max: 20 });
  const utils = await makeWorkerUtils({ pgPool });
  await utils.migrate();
  const runner = await run({
    pgPool,
    concurrency: inFlight + 10,
    pollInterval: 1_000,
    noHandleSignals: true,
    taskList: {
      hold: () => chain.hold.promise,
      step: async (payload, { addJob }) => {
        const { step } = payload as { step: number };
        if (!chain.begin(step)) return;
        chain.done();
        await addJob('step', { step: step + 1 });
      },
    },
  });
  const end = once(chain.ended, 'end');
  for (let index = 0; index < inFlight; index += 1) await utils.addJob('hold', {});
  await utils.addJob('step', { step: 0 });
  await end;
  await runner.stop();
  await utils.release();
  await pgPool.end();
  return chain.result();
}

export async function pgBossChain(connectionString: string, { steps, inFlight }: Load): Promise<Chain> {
  const chain = new Steps(steps);
  const boss = new PgBoss({ connectionString, max: 20 });
  boss.on('error', () => undefined);
  await boss.start();
  await boss.createQueue('hold');
  await boss.createQueue('step');
  // It is asked for jobs by polling: half a second is the shortest it allows.
  await boss.work('hold', { pollingIntervalSeconds: 0.5, batchSize: inFlight }, () => chain.hold.promise);
  await boss.work<{ step: number }>('step', { pollingIntervalSeconds: 0.5 }, async ([job]) => {
    if (!job || !chain.begin(job.data.step)) return;
    chain.done();
    await boss.send('step', { step: job.data.step + 1 });
  });
  const end = once(chain.ended, 'end');
  await boss.insert(
    'hold',
    Array.from({ length: inFlight }, () => ({ data: {} })),
  );
  await boss.send('step', { step: 0 });
  await end;
  await boss.stop({ graceful: false });
  return chain.result();
}
