import { setTimeout as delay } from 'node:timers/promises';
import type { AgentRuntime } from '../runtime.js';
import type { DeploymentLog } from './deployment-log.js';
import type { LogRepository } from './log.repository.js';

const LOOK_EVERY_MS = 250;
/** Between two looks at an output that cannot be read, such as that of an engine that is away. */
const FAULT_PAUSE_MAX_MS = 30_000;

export interface Followed {
  readonly deploymentId: string;
  readonly runtime: AgentRuntime;
  readonly logs: LogRepository;
  readonly log: DeploymentLog;
  readonly reportFault: (error: unknown) => void;
}

/** Takes an agent's output into its log, each line once: the place in the output is stored with the lines. */
export class LogFollower {
  /** One reading at a time; the next one waits. */
  private reading: Promise<void> = Promise.resolve();

  constructor(private readonly followed: Followed) {}

  async run(signal: AbortSignal): Promise<void> {
    let pauseMs = LOOK_EVERY_MS;
    while (!signal.aborted) {
      try {
        await this.catchUp();
        pauseMs = LOOK_EVERY_MS;
      } catch (error) {
        this.followed.reportFault(error);
        pauseMs = Math.min(pauseMs * 4, FAULT_PAUSE_MAX_MS);
      }
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Takes in everything written so far; with `final`, also a last line without an end. */
  async catchUp(options: { final: boolean } = { final: false }): Promise<void> {
    const next = this.reading.then(() => this.read(options));
    this.reading = next.catch(() => undefined);
    return next;
  }

  /** The last reading: what is unfinished stays so only while somebody may finish it. */
  async finish(): Promise<void> {
    const { deploymentId, runtime } = this.followed;
    const { running } = await runtime.status(deploymentId);
    await this.catchUp({ final: !running });
  }

  private async read({ final }: { final: boolean }): Promise<void> {
    const { deploymentId: id, runtime, logs, log } = this.followed;
    for (;;) {
      const from = await logs.position(id);
      const { lines, position: to } = await runtime.readOutput(id, from, { final });
      if (to === from) {
        const compact = await runtime.compactOutput(id, from);
        if (compact !== from) await log.output(id, [], { from, to: compact, secrets: [] });
        return;
      }
      await log.output(id, lines, { from, to, secrets: await runtime.secretValues(id) });
    }
  }
}
