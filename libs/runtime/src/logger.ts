import { currentContext } from '@aether/messaging/context';
import type { LoggerService } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly service: string;
  readonly level: string;
  /** For people rather than machines. Default: when standard output is a terminal. */
  readonly pretty?: boolean;
  /** Instead of standard output. */
  readonly destination?: DestinationStream;
}

/** Fields whose value is never written, wherever they stand up to three levels deep. */
const SECRET_FIELDS = [
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'key',
  'apiKey',
  'secret',
  'value',
  'authorization',
  'cookie',
  'masterKey',
];
const redactPaths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

let processDestination: DestinationStream | undefined;

/**
 * Sends the logs of every service of this process to `destination` instead of standard output: for a host that
 * runs several. Call it before they start; `LoggerOptions.destination` still wins.
 */
export function sendLogsTo(destination: DestinationStream): void {
  processDestination = destination;
}

/** JSON lines with service, story, actor and trace; secrets by name of field are removed. */
export function createLogger(options: LoggerOptions): Logger {
  const { destination: given = processDestination } = options;
  const isPretty = !given && wantsPretty(options);
  const destination = given ?? (isPretty ? prettyStream() : process.stdout);
  return pino(
    {
      // JSON cannot be broken by what strangers send; what a terminal shows can.
      ...(isPretty && { hooks: { streamWrite: forTerminals } }),
      level: options.level,
      base: { service: options.service },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactPaths, censor: '[redacted]' },
      mixin: () => {
        const context = currentContext();
        const span = trace.getActiveSpan()?.spanContext();
        return {
          ...(context && { correlationId: context.correlationId, actorId: context.actor.id }),
          ...(span && { traceId: span.traceId }),
        };
      },
    },
    destination,
  );
}

const wantsPretty = (options: LoggerOptions) => options.pretty ?? process.stdout.isTTY;

function prettyStream(): DestinationStream {
  return pretty({
    colorize: true,
    singleLine: true,
    ignore: 'pid,hostname,service',
    messageFormat: '{service}: {msg}',
  });
}

// eslint-disable-next-line no-control-regex -- they are what is taken out
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;

/**
 * A line of the log without anything that moves a cursor or begins a line of its own. Stacks keep their lines, which are
 * indented.
 */
export function forTerminals(line: string): string {
  const clean = (name: string, value: unknown): unknown => {
    if (typeof value !== 'string') return value;
    return value.replace(CONTROLS, (sign) => (sign === '\n' && name === 'stack' ? sign : '\u00b7'));
  };
  return `${JSON.stringify(JSON.parse(line, clean))}\n`;
}

/** Nest's own messages, in the same log; its chatter at boot is debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown): void {
    this.logger.debug(String(message));
  }
  debug(message: unknown): void {
    this.logger.debug(String(message));
  }
  verbose(message: unknown): void {
    this.logger.trace(String(message));
  }
  warn(message: unknown): void {
    this.logger.warn(String(message));
  }
  error(message: unknown, ...rest: unknown[]): void {
    const err = message instanceof Error ? message : rest.find((part) => part instanceof Error);
    this.logger.error({ err }, message instanceof Error ? message.message : String(message));
  }
}
