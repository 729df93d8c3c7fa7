import console from 'node:console';
import type { Command } from 'commander';
import { z } from 'zod';
import { addCommand } from '../command-line.js';

/** The command that the scripts of shells call at each press of the tab key. */
export const COMPLETE_COMMAND = 'complete';

const Shell = z.enum(['bash', 'zsh']);

export function addCompletion(program: Command, build: () => Command): void {
  addCommand(program, {
    usage: 'completion <shell>',
    summary: 'print the script that completes this command in bash or zsh',
    examples: [
      'npx aether completion bash >> ~/.bashrc',
      'npx aether completion zsh > "${fpath[1]}/_aether"',
    ],
    input: z.object({ shell: Shell }),
    async run({ terminal, input }) {
      const suggestions = await suggestionsOf(build);
      const script = printed(() => suggestions.setup('aether', thisCommand(), input.shell));
      terminal.answer({ script }, () => terminal.line(script));
    },
  });
}

/** What the script calls: suggestions are made from the commands themselves. */
export function addComplete(program: Command, build: () => Command): void {
  program
    .command(COMPLETE_COMMAND, { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: string[]) => (await suggestionsOf(build)).parse(words));
}

/** Loaded only here: every other command starts without it. */
async function suggestionsOf(build: () => Command) {
  const { default: describe } = await import('@bomb.sh/tab/commander');
  return describe(build(), { completionCommandName: 'completion-script' });
}

/** Works as it was called now, whether or not `aether` is on the PATH. */
function thisCommand(): string {
  return [process.execPath, process.argv[1] ?? 'aether'].map((part) => `'${part}'`).join(' ');
}

/** What the library writes to the console instead of handing it over. */
function printed(work: () => void): string {
  const lines: string[] = [];
  const log = console.log.bind(console);
  console.log = (...words: unknown[]) => void lines.push(words.join(' '));
  try {
    work();
  } finally {
    console.log = log;
  }
  return lines.join('\n');
}
