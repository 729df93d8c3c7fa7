import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { requireInstance } from '../host/instance.js';
import { createSetupToken } from '../host/operator.js';
import { askPassword, askText, readSecretFromStdin } from '../prompts.js';
import { signInByPassword } from '../start-session.js';

export function addSetup(program: Command): void {
  addCommand(program, {
    usage: 'setup',
    summary: 'create the first administrator of the local system, and sign in',
    flags: [
      ['--email <email>', 'e-mail address of the account'],
      ['--name <name>', 'how people are shown this account'],
      ['--password-stdin', 'read the password (12 characters or more) from standard input'],
    ],
    examples: [
      'npx aether setup',
      'npx aether setup --email you@example.org --password-stdin < password.txt',
    ],
    input: z.object({
      email: z.email().optional(),
      name: z.string().optional(),
      passwordStdin: z.boolean().default(false),
    }),
    async run({ config, terminal, input }) {
      const instance = await requireInstance(config.dataDir);
      // Asked first, so that nobody types a password into a system that has its administrator.
      const token = await createSetupToken(instance);
      const email = input.email ?? (await askText({ terminal, flag: '--email', message: 'E-mail address' }));
      const password = input.passwordStdin
        ? await readSecretFromStdin()
        : await askPassword({ terminal, flag: '--password-stdin', message: 'Password', lengthMin: 12 });
      const api = new Api({ url: instance.url, apiKey: null });
      const user = await api.call('POST /api/v1/setup', { token, email, password, name: input.name });
      const { url } = await signInByPassword(config, { url: instance.url, email, password });
      terminal.answer({ user, url }, () => {
        const { green, bold } = terminal.colours;
        terminal.line(`${green('✔')} ${user.email} is the administrator, and this command is signed in.`);
        terminal.line();
        terminal.line('Deploy your first agent:');
        terminal.line(`  ${bold('npx aether deploy --template general --name first --wait')}`);
      });
    },
  });
}
