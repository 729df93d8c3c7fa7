import type { Command } from 'commander';
import { z } from 'zod';
import { addCommand } from '../command-line.js';
import { DEFAULT_PORT, SystemUrl } from '../config.js';
import { readInstance } from '../host/instance.js';
import { askPassword, askText, readSecretFromStdin } from '../prompts.js';
import { readSignIn, removeSignIn } from '../sign-in.js';
import { revokeKey, signInByKey, signInByPassword } from '../start-session.js';

export function addLogin(program: Command): void {
  addCommand(program, {
    usage: 'login',
    summary: 'sign this command in to a system',
    flags: [
      ['--url <url>', 'address of the system (the local one where absent)'],
      ['--email <email>', 'e-mail address of the account'],
      ['--password-stdin', 'read the password from standard input'],
      ['--code <digits>', 'code of the authenticator app, where the account has a second factor'],
      ['--api-key-stdin', 'read an API key from standard input instead'],
    ],
    examples: [
      'npx aether login --email you@example.org',
      'npx aether login --url https://aether.example.org --api-key-stdin < key.txt',
    ],
    input: z.object({
      url: SystemUrl.optional(),
      email: z.email().optional(),
      passwordStdin: z.boolean().default(false),
      code: z.string().trim().optional(),
      apiKeyStdin: z.boolean().default(false),
    }),
    async run({ config, terminal, input }) {
      const local = await readInstance(config.dataDir);
      const url = input.url ?? config.url ?? local?.url ?? `http://127.0.0.1:${config.port ?? DEFAULT_PORT}`;
      const signIn = input.apiKeyStdin
        ? await signInByKey(config, { url, key: await readSecretFromStdin() })
        : await signInByPassword(config, {
            url,
            email: input.email ?? (await askText({ terminal, flag: '--email', message: 'E-mail address' })),
            password: input.passwordStdin
              ? await readSecretFromStdin()
              : await askPassword({ terminal, flag: '--password-stdin', message: 'Password' }),
            askCode: async () =>
              input.code ?? askText({ terminal, flag: '--code', message: 'Code of the authenticator app' }),
          });
      terminal.answer({ url: signIn.url, name: signIn.name }, () =>
        terminal.line(`${terminal.colours.green('✔')} Signed in to ${signIn.url} as ${signIn.name}.`),
      );
    },
  });
}

export function addLogout(program: Command): void {
  addCommand(program, {
    usage: 'logout',
    summary: "forget this command's sign-in and revoke its key",
    examples: ['npx aether logout'],
    input: z.object({}),
    async run({ config, terminal }) {
      const signIn = await readSignIn(config);
      const keyRevoked = signIn ? await revokeKey(signIn) : false;
      await removeSignIn(config);
      terminal.answer({ signedOut: signIn !== null, keyRevoked }, () => {
        if (!signIn) return terminal.line('This command was not signed in.');
        const rest =
          keyRevoked || signIn.apiKeyId === null
            ? ''
            : ' Its key could not be revoked; do so in the key list.';
        terminal.line(`${terminal.colours.green('✔')} Signed out of ${signIn.url}.${rest}`);
      });
    },
  });
}
