import { once } from 'node:events';
import { join } from 'node:path';
import { createLogger, sendLogsTo, type Logger } from '@aether/runtime/logger';
import { multistream, type Level, type StreamEntry } from 'pino';
import pretty from 'pino-pretty';
import { createStream } from 'rotating-file-stream';

export interface HostLog {
  /** The host's own logger; its services write to the same places. */
  readonly logger: Logger;
  readonly file: string;
  close(): Promise<void>;
}

/**
 * Full JSON lines in `<logDir>/aether.log` (10 MB, then up to 5 older files), and for people those of `shown`
 * and above on standard error; null shows none.
 */
export function openHostLog(logDir: string, options: { level: Level; shown: Level | null }): HostLog {
  const file = createStream('aether.log', {
    path: logDir,
    size: '10M',
    rotate: 5,
    mode: 0o600,
  });
  // A full disk must not stop the system that would tell of it.
  file.on('error', () => undefined);
  const streams: StreamEntry<Level>[] = [{ level: 'trace', stream: file }];
  if (options.shown) streams.push({ level: options.shown, stream: forPeople() });
  const destination = multistream(streams);
  sendLogsTo(destination);
  return {
    logger: createLogger({ service: 'host', level: options.level }),
    file: join(logDir, 'aether.log'),
    close: async () => {
      const finished = once(file, 'finish');
      file.end();
      await finished;
    },
  };
}

function forPeople() {
  return pretty({
    destination: 2,
    sync: true,
    singleLine: true,
    colorize: process.stderr.isTTY,
    ignore: 'pid,hostname,service,correlationId,actorId,traceId',
    messageFormat: '{service}: {msg}',
    translateTime: 'SYS:HH:MM:ss',
  });
}
