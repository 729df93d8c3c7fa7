import type { Issue } from '@aether/contracts/failure';
import { ConfigError } from '@aether/runtime/config';

const SETTINGS_HINT = 'Correct the named variables in the environment; cli/README.md lists them.';

export interface CommandErrorFields {
  readonly code: string;
  /** What happened, in a sentence. */
  readonly detail: string;
  /** The next thing to try. */
  readonly hint?: string;
  readonly issues?: readonly Issue[];
  /** Finds the request in the logs of the system. */
  readonly correlationId?: string;
  /** 1 where absent; 2 means that the command was called wrongly. */
  readonly exitCode?: number;
  /** What `--json` prints beside `error`, such as the deployment that failed. */
  readonly document?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The end of a command that did not do what was asked: shown as cause, remedy and code, never as a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: string;
  readonly exitCode: number;

  constructor(readonly fields: CommandErrorFields) {
    super(fields.detail, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.exitCode = fields.exitCode ?? 1;
  }
}

/** Anything thrown, as something that can be shown. */
export function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof ConfigError)
    return new CommandError({ code: 'configuration_invalid', detail, hint: SETTINGS_HINT, exitCode: 2 });
  return new CommandError({ code: 'command_failed', detail, cause: error });
}

export function usageError(detail: string, hint?: string): CommandError {
  return new CommandError({ code: 'usage', detail, hint, exitCode: 2 });
}
