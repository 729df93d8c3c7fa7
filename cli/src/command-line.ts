import { type Command, type CommanderError } from 'commander';
import { type z } from 'zod';
import { usageError, type CommandError } from './command-error.js';
import { readConfig, type CliConfig } from './config.js';
import { rememberValues } from './known-values.js';
import { Terminal } from './terminal.js';

export interface Call<O> {
  readonly config: CliConfig;
  readonly terminal: Terminal;
  /** Options and arguments by name, valid. */
  readonly input: O;
}

export interface CommandSpec<O extends z.ZodType> {
  /** Name and arguments, as commander writes them: `chat <name> [text]`. */
  readonly usage: string;
  readonly alias?: string;
  readonly summary: string;
  /** Flags and what they mean. */
  readonly flags?: readonly (readonly [flags: string, description: string])[];
  readonly examples: readonly string[];
  readonly input: O;
  run(call: Call<z.output<O>>): Promise<void>;
}

/** Adds a command with `--json` and examples; what its `run` throws ends the program with a told error. */
export function addCommand<O extends z.ZodType>(program: Command, spec: CommandSpec<O>): void {
  const command = program.command(spec.usage).description(spec.summary);
  if (spec.alias) command.alias(spec.alias);
  for (const [flags, description] of spec.flags ?? []) command.option(flags, description);
  rememberValues(command, spec.input);
  command.option('--json', 'print one JSON document');
  command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  $ ${line}`).join('\n')}`);
  command.action(async () => {
    const config = readConfig();
    const terminal = new Terminal({ json: command.opts().json === true, colour: config.colour });
    await spec.run({ config, terminal, input: inputOf(command, spec.input) });
  });
}

function inputOf<O extends z.ZodType>(command: Command, schema: O): z.output<O> {
  const named = command.registeredArguments.map((argument, index) => [
    argument.name(),
    command.processedArgs[index] as unknown,
  ]);
  const parsed = schema.safeParse({ ...command.opts(), ...Object.fromEntries(named) });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw usageError(`This is not usable: ${faults.join('; ')}.`, helpHint(command));
}

/** A wrong call as commander tells it, in our words; null where help or the version was asked for. */
export function fromCommander(error: CommanderError, program: Command): CommandError | null {
  if (error.exitCode === 0 || error.code === 'commander.help') return null;
  const text = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}`.replace(/([^.?)])$/, '$1.');
  const named = program.commands.find((command) => process.argv.includes(command.name()));
  return usageError(sentence, helpHint(named ?? program));
}

function helpHint(command: Command): string {
  const path = [command.name()];
  for (let parent = command.parent; parent; parent = parent.parent) path.unshift(parent.name());
  return `See \`npx ${path.join(' ')} --help\`.`;
}
