import { CommanderError } from 'commander';
import { fromCommander } from './command-line.js';
import { buildProgram } from './program.js';
import { Terminal } from './terminal.js';

// A reader that had enough (`aether logs first | head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const program = buildProgram();
try {
  await program.parseAsync(process.argv.map(asText));
} catch (thrown) {
  const error = thrown instanceof CommanderError ? fromCommander(thrown, program) : thrown;
  if (error !== null) {
    const terminal = new Terminal({ json: process.argv.includes('--json'), colour: null });
    process.exitCode = terminal.fail(error).exitCode;
  }
}

/** A goal may begin with a list, which is not an option: what it is put into is trimmed. */
function asText(argument: string): string {
  return /^-+\s/.test(argument) ? ` ${argument}` : argument;
}
