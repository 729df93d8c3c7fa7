import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { environment } from '@aether/testing/config';
import { COMPLETE_COMMAND } from '../src/commands/completion.js';
import { DETACHED_COMMAND } from '../src/host/detached.js';
import { buildProgram } from '../src/program.js';
import { Machine } from './machine.js';

let machine: Machine;
beforeAll(async () => {
  machine = await Machine.make();
});
afterAll(() => machine.remove());

test.each([
  ['an unknown command', ['deplo'], "Unknown command 'deplo'"],
  ['a missing argument', ['chat'], "Missing required argument 'name'"],
  ['an unknown option', ['agents', '--nope'], "Unknown option '--nope'"],
  ['a value that is none', ['deploy', '--timeout', 'soon'], 'timeout'],
  ['a name that cannot be one', ['start', 'Not A Name'], 'name'],
  ['no text and nobody to ask', ['chat', 'first'], 'There is no text to send'],
])('%s is told with code 2 and where to read more, without a stack', async (_, args, detail) => {
  const { code, stdout, stderr } = await machine.aether(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(detail);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('with --json a wrong call is one document on standard output', async () => {
  const { code, stdout, stderr, json } = await machine.aether(['logs', '--json']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
  expect(json()).toMatchObject({ error: { code: 'usage', hint: 'See `npx aether logs --help`.' } });
  expect(stdout.trim().split('\n{')).toHaveLength(1);
});

test('every command has help with an example', () => {
  const hidden = [DETACHED_COMMAND, COMPLETE_COMMAND];
  const shown = buildProgram().commands.filter((command) => !hidden.includes(command.name()));
  const called = shown.flatMap((command) =>
    command.commands.length > 0
      ? command.commands.map((member) => ({ command: member, name: `${command.name()} ${member.name()}` }))
      : [{ command, name: command.name() }],
  );
  expect(called.length).toBeGreaterThan(25);
  for (const { command, name } of called) {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help).toContain(`$ npx aether ${name}`);
    expect(help).toContain('--json');
  }
});

test.each([
  [['de'], ['delete', 'demo', 'deny', 'deploy']],
  [
    ['key', ''],
    ['create', 'help', 'revoke', 'rotate'],
  ],
  [['deploy', '--te'], ['--template']],
  [
    ['deploy', '--runtime', ''],
    ['docker', 'process', 'swarm'],
  ],
])('the shell is given what may follow %j', async (words, expected) => {
  const { code, stdout } = await machine.aether(['complete', '--', ...words]);
  expect(code).toBe(0);
  const suggestions = stdout.split('\n').flatMap((line) => /^(\S+)\t/.exec(line)?.[1] ?? []);
  expect(suggestions.sort()).toEqual(expected);
});

test.each(['bash', 'zsh'])('the script for %s is one that calls this very command', async (shell) => {
  const { code, stdout } = await machine.aether(['completion', shell]);
  expect(code).toBe(0);
  expect(stdout).toContain('aether');
  expect(stdout).toMatch(/\.m?js' complete --/);
});

const run = promisify(execFile);

/** What bash offers for the last of these words, as if tab was pressed behind it. */
async function completedByBash(script: string, words: readonly string[]): Promise<string[]> {
  const typed = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`;
  const ask = `${script}\n${typed}\n__aether_complete 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['--norc', '-c', ask]);
  return stdout.trim().split('\n').sort();
}

/** The same for zsh, up to where it shows its list: that is printed instead. */
async function completedByZsh(script: string, words: readonly string[]): Promise<string[]> {
  const typed = `words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}`;
  const shown = 'compdef() {}\n_describe() { print -l -- "${completions[@]}" }';
  const { stdout } = await run('zsh', ['-f', '-c', `${shown}\n${script}\n${typed}\n_aether`]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split(':')[0] ?? '')
    .sort();
}

test('bash, with the script loaded, completes what is typed', async () => {
  const { stdout: script } = await machine.aether(['completion', 'bash']);
  expect(await completedByBash(script, ['aether', 'dep'])).toEqual(['deploy']);
  const runtimes = await completedByBash(script, ['aether', 'deploy', '--runtime', '']);
  expect(runtimes).toEqual(['docker', 'process', 'swarm']);
});

const testWithZsh = existsSync('/usr/bin/zsh') || environment.CI ? test : test.skip;

testWithZsh('zsh, with the script loaded, completes what is typed', async () => {
  const { stdout: script } = await machine.aether(['completion', 'zsh']);
  expect(await completedByZsh(script, ['aether', 'dep'])).toEqual(['deploy']);
  const runtimes = await completedByZsh(script, ['aether', 'deploy', '--runtime', '']);
  expect(runtimes).toEqual(['docker', 'process', 'swarm']);
});

test('where nothing runs, each command says so and how to start it', async () => {
  const status = await machine.aether(['status', '--json']);
  expect(status.code).toBe(1);
  expect(status.json()).toMatchObject({ running: false, host: null, health: null });
  const setup = await machine.aether(['setup', '--json']);
  expect(setup.json()).toMatchObject({ error: { code: 'not_running', hint: expect.stringContaining('up') } });
  expect((await machine.aether(['down', '--json'])).json()).toEqual({ stopped: false });
});

test('a setting that is not usable is named', async () => {
  const { code, json } = await machine.aether(['status', '--json'], { environment: { AETHER_PORT: 'http' } });
  expect(code).toBe(2);
  const detail = expect.stringContaining('AETHER_PORT');
  expect(json()).toMatchObject({ error: { code: 'configuration_invalid', detail } });
});

test('an address where nobody answers is named', async () => {
  const { json } = await machine.aether(['agents', '--json'], {
    environment: { AETHER_URL: machine.url, AETHER_API_KEY: 'aek_some_key_of_enough_length' },
  });
  expect(json()).toMatchObject({
    error: { code: 'unreachable', detail: expect.stringContaining(machine.url) },
  });
});

test('doctor names what each check found and how to mend it', async () => {
  const { json } = await machine.aether(['doctor', '--json']);
  const { checks } = json<{ checks: { name: string; ok: boolean; remedy: string | null }[] }>();
  const names = ['Node.js', 'npm', 'memory', 'disk', 'data directory', 'nats-server', 'PostgreSQL', 'port'];
  expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  for (const { ok, remedy } of checks) expect(ok).toBe(remedy === null);
});

test('no colour where nobody watches, and NO_COLOR wins over FORCE_COLOR', async () => {
  const escape = '\u001b[';
  expect((await machine.aether(['status'])).stdout).not.toContain(escape);
  const forced = { FORCE_COLOR: '1' };
  expect((await machine.aether(['status'], { environment: forced })).stdout).toContain(escape);
  const both = { ...forced, NO_COLOR: '1' };
  expect((await machine.aether(['status'], { environment: both })).stdout).not.toContain(escape);
});
