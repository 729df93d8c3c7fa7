import { text as readAll } from 'node:stream/consumers';
import { CommandError, usageError } from './command-error.js';
import type { Terminal } from './terminal.js';

interface Question {
  readonly terminal: Terminal;
  /** What to pass instead where nobody can be asked. */
  readonly flag: string;
  readonly message: string;
}

async function asked(
  question: Question,
  ask: (message: string) => Promise<string | symbol>,
): Promise<string> {
  if (!question.terminal.interactive) throw usageError(`${question.flag} is missing.`);
  const answer = await ask(question.message);
  if (typeof answer !== 'symbol') return answer;
  throw new CommandError({ code: 'cancelled', detail: 'Cancelled; nothing was changed.', exitCode: 130 });
}

export async function askText(question: Question & { readonly suggestion?: string }): Promise<string> {
  const { text } = await import('@clack/prompts');
  return asked(question, (message) =>
    text({ message, placeholder: question.suggestion, defaultValue: question.suggestion }),
  );
}

export async function askPassword(question: Question & { readonly lengthMin?: number }): Promise<string> {
  const { password } = await import('@clack/prompts');
  const { lengthMin = 1 } = question;
  return asked(question, (message) =>
    password({
      message,
      validate: (value) =>
        (value ?? '').length < lengthMin ? `Use at least ${lengthMin} characters.` : undefined,
    }),
  );
}

export async function askChoice(
  question: Question & { readonly choices: readonly { value: string; label: string; hint: string }[] },
): Promise<string> {
  const { select } = await import('@clack/prompts');
  return asked(question, (message) => select({ message, options: [...question.choices] }));
}

/** Asks before something that cannot be undone; where nobody can be asked, the command itself is the answer. */
export async function confirmed(terminal: Terminal, message: string): Promise<boolean> {
  if (!terminal.interactive) return true;
  const { confirm } = await import('@clack/prompts');
  return (await confirm({ message, initialValue: false })) === true;
}

/** A secret handed over on standard input, without the end of line that `echo` adds. */
export async function readSecretFromStdin(): Promise<string> {
  const value = (await readAll(process.stdin)).replace(/\r?\n$/, '');
  if (value === '') throw usageError('Standard input is empty; the secret was expected there.');
  return value;
}
