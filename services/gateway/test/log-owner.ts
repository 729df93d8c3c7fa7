import { randomUUID } from 'node:crypto';
import { deployerCatalog, deployerLive, type LogLine } from '@aether/contracts/deployer';
import type { Messaging } from '@aether/messaging/messaging';
import type { Edge } from './start-edge.js';

const ROUND = 50;

/** Plays an owner of log lines: rows by sequence, told live as they are written. */
export class LogOwner {
  readonly id: string = randomUUID();
  private readonly lines: LogLine[] = [];
  private messaging: Messaging;

  static async start(edge: Edge): Promise<LogOwner> {
    const owner = new LogOwner();
    owner.messaging = await edge.play(deployerCatalog, {
      followLogs: (input) => {
        const { after = '0' } = input as { after?: string };
        const entries = owner.lines
          .filter(({ seq }) => seq > Number(after))
          .slice(0, ROUND)
          .map((data) => ({ cursor: String(data.seq), data }));
        const cursor = entries.at(-1)?.cursor ?? after;
        return { entries, cursor, more: Number(cursor) < owner.lines.length };
      },
    });
    return owner;
  }

  get length(): number {
    return this.lines.length;
  }

  /** Writes lines: the row first, then the delta, as an owner does. */
  write(count: number, text = 'line'): void {
    for (let index = 0; index < count; index += 1) {
      const seq = this.lines.length + 1;
      const line: LogLine = {
        seq,
        source: 'process',
        level: 'info',
        text: `${text} ${seq}`,
        at: new Date().toISOString(),
      };
      this.lines.push(line);
      this.messaging.publishLive(deployerLive.log, this.id, { cursor: String(seq), data: line });
    }
  }
}
