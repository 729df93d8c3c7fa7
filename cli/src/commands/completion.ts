import console from 'node:console';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { listAll } from '../api-pages.js';
import { addCommand } from '../command-line.js';
import { readConfig } from '../config.js';
import { agentNames } from '../find-agent.js';
import { suggestValues } from '../known-values.js';
import { requireTarget } from '../sign-in.js';

/** The command that the scripts of shells call at each press of the tab key. */
export const COMPLETE_COMMAND = 'complete';

const Shell = z.enum(['bash', 'zsh']);

/** The script counts on the package bash-completion for this; without that, bash's own words do. */
const WORDS_OF_BASH = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
        cur=\${words[cword]} prev=\${words[cword - 1]}
    }
fi`;

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
      const setUp = printed(() => suggestions.setup('aether', thisCommand(), input.shell));
      const script = input.shell === 'bash' ? `${WORDS_OF_BASH}\n${setUp}` : setUp;
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
    .action(async (words: string[]) => {
      const suggestions = await suggestionsOf(build);
      const [typed, ...rest] = words;
      const command = build().commands.find((each) => each.name() === typed || each.alias() === typed);
      if (!command) return suggestions.parse(words);
      if (command.registeredArguments[0]?.name() === 'name') {
        const names = await namesNow(command.name());
        suggestions.commands.get(command.name())?.argument('name', (complete) => {
          for (const name of names) complete(name, '');
        });
      }
      suggestions.parse([command.name(), ...rest]);
    });
}

/** Longer than this nobody waits for a key; then nothing is suggested. */
const NAMES_WITHIN_MS = 2_000;

/** Agents one may talk to, or those that are deployed; none where nobody is signed in, or nothing answers in time. */
async function namesNow(command: string): Promise<string[]> {
  const ask = async () => {
    const api = new Api(await requireTarget(readConfig()), { patient: false });
    if (command === 'chat') return agentNames(api);
    return (await listAll(api, 'GET /api/v1/deployments', {})).map(({ name }) => name);
  };
  const names = await Promise.race([ask().catch(() => []), delay(NAMES_WITHIN_MS, [], { ref: false })]);
  // Shells expand what they are offered, and who names a connection is not who presses the key.
  return names.filter((name) => /^[\w./-]+$/.test(name));
}

/** Loaded only here: every other command starts without it. */
async function suggestionsOf(build: () => Command) {
  const { default: describe } = await import('@bomb.sh/tab/commander');
  const program = build();
  suggestValues(program);
  return describe(program, { completionCommandName: 'completion-script' });
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
