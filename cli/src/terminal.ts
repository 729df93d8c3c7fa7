import pc from 'picocolors';
import { toCommandError, type CommandError } from './command-error.js';

export type Colours = ReturnType<typeof pc.createColors>;

export interface TerminalOptions {
  readonly json: boolean;
  /** Null: as standard output can. */
  readonly colour: boolean | null;
  readonly stdout?: NodeJS.WriteStream;
  readonly stderr?: NodeJS.WriteStream;
}

/** Where a command's words go: for people, or with `--json` as exactly one document on standard output. */
export class Terminal {
  readonly json: boolean;
  readonly colours: Colours;
  /** Somebody sits here: lines may be redrawn, and questions asked. */
  readonly interactive: boolean;
  readonly stdout: NodeJS.WriteStream;
  private readonly stderr: NodeJS.WriteStream;

  constructor(options: TerminalOptions) {
    this.stdout = options.stdout ?? process.stdout;
    this.stderr = options.stderr ?? process.stderr;
    this.json = options.json;
    this.interactive = !options.json && this.stdout.isTTY && process.stdin.isTTY;
    this.colours = pc.createColors(options.colour ?? this.stdout.isTTY);
  }

  /** A line for people. */
  line(text = ''): void {
    this.write(`${text}\n`);
  }

  /** Text for people without an end of line, as it comes. */
  write(text: string): void {
    if (!this.json) this.stdout.write(text);
  }

  /** The command's answer: `document` for programs, `human` for people. */
  answer(document: Readonly<Record<string, unknown>>, human: () => void): void {
    if (this.json) this.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    else human();
  }

  /** Cause, remedy and code; with `--json` the same as a document on standard output. */
  fail(thrown: unknown): CommandError {
    const error = toCommandError(thrown);
    const { code, detail, hint, issues, correlationId, document } = error.fields;
    if (this.json) {
      const told = { code, detail, hint: hint ?? null, issues, correlationId };
      this.stdout.write(`${JSON.stringify({ ...document, error: told }, null, 2)}\n`);
      return error;
    }
    const { red, dim, cyan } = this.colours;
    const lines = [`${red('✖')} ${detail} ${dim(`(${code})`)}`];
    for (const issue of issues ?? []) lines.push(`    ${issue.path}: ${issue.message}`);
    if (hint) lines.push(`  ${cyan('→')} ${hint}`);
    if (correlationId) lines.push(dim(`    correlation id ${correlationId}`));
    this.stderr.write(`${lines.join('\n')}\n`);
    return error;
  }
}
