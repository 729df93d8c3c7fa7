import { deployerLive, type LogLine } from '@aether/contracts/deployer';
import { Messaging } from '@aether/messaging/messaging';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import PQueue from 'p-queue';
import type { DeployerConfig } from '../config.js';
import { CLOCK, CONFIG } from '../tokens.js';
import { cleanLine, guessLevel, isNoise, splitTime } from './clean-line.js';
import type { LogLineRow } from './log.entity.js';
import { LogRepository, type NewLine } from './log.repository.js';

/** Writes a deployment's log: rows first, then the same lines to whoever follows it now. */
@Injectable()
export class DeploymentLog {
  /** One at a time, so that lines are told in the order of their numbers. */
  private readonly order = new PQueue({ concurrency: 1 });

  constructor(
    private readonly logs: LogRepository,
    private readonly messaging: Messaging,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: DeployerConfig,
  ) {}

  async step(deploymentId: string, level: LogLine['level'], texts: readonly string[]): Promise<void> {
    const at = this.clock.now();
    const lines = texts
      .flatMap((text) => text.split('\n'))
      .map((text) => ({ source: 'step' as const, level, text: cleanLine(text), noise: false, at }));
    await this.append(deploymentId, lines);
  }

  /** Lines of the process, read between two places of its output. False where they were stored before. */
  async output(
    deploymentId: string,
    lines: readonly string[],
    { from, to, secrets }: { from: string; to: string; secrets: readonly string[] },
  ): Promise<boolean> {
    const now = this.clock.now();
    const clean = lines.map((line) => {
      const { at, text } = splitTime(cleanLine(line, secrets));
      return {
        at: at ?? now,
        source: 'process' as const,
        level: guessLevel(text),
        text,
        noise: isNoise(text),
      };
    });
    return this.append(deploymentId, clean, { from, to });
  }

  /** Whoever follows it has to ask anew whether they may. */
  accessChanged(deploymentId: string): void {
    this.messaging.publishLive(deployerLive.log, deploymentId, { cursor: '', data: { kind: 'access' } });
  }

  /** The newest lines that the process wrote, noise left out. */
  async lastOutput(deploymentId: string, limit: number): Promise<string[]> {
    const { rows } = await this.logs.read(deploymentId, { limit, source: 'process', withNoise: false });
    return rows.map(({ text }) => text);
  }

  private async append(
    deploymentId: string,
    lines: readonly NewLine[],
    read?: { from: string; to: string },
  ): Promise<boolean> {
    return this.order.add(async () => {
      const rows = await this.logs.append(deploymentId, lines, { read, linesMax: this.config.LOG_LINES_MAX });
      for (const row of rows ?? [])
        if (!row.noise)
          this.messaging.publishLive(deployerLive.log, deploymentId, {
            cursor: String(row.seq),
            data: toLogLine(row),
          });
      return rows !== null;
    });
  }
}

export function toLogLine(row: LogLineRow): LogLine {
  return { seq: row.seq, source: row.source, level: row.level, text: row.text, at: row.at.toISOString() };
}
