import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { Machine, outcomeOf } from './machine.js';

const ENTER = '\r';
const DOWN = '\u001b[B';

let machine: Machine;
beforeAll(async () => {
  machine = await Machine.make();
  await machine.ask(['up', '--detach']);
  await machine.ask(['setup', '--email', 'person@example.org', '--password-stdin'], {
    input: 'a long enough password',
  });
});
afterAll(() => machine.remove(), 90_000);

test('deploy at a terminal asks for template, name and runtime, and deploys what was chosen', async () => {
  const child = machine.atTerminal(['deploy']);
  let shown = '';
  child.stdout!.on('data', (bytes: Buffer) => (shown += bytes.toString('utf8')));
  const answer = async (question: string, keys: readonly string[]) => {
    await eventually(() => expect(shown).toContain(question), { timeoutMs: 30_000 });
    for (const key of keys) child.stdin!.write(key);
  };
  await answer('Template', [DOWN, ENTER]);
  await answer('Name of the agent', [...'asked', ENTER]);
  await answer('Runtime', [DOWN, ENTER]);
  const { code } = await outcomeOf(child);
  expect(code).toBe(0);
  expect(shown).toContain('npx aether logs asked -f');
  const { deployments } = await machine.ask<{ deployments: object[] }>(['agents']);
  expect(deployments).toMatchObject([{ name: 'asked', template: 'general', runtime: 'docker' }]);
});
