import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Machine } from './machine.js';

const GOAL = 'A page\n- write top.txt: top\n- write end.txt: end\n- finally, run: cat top.txt end.txt';

interface Planned {
  readonly mission: { id: string; state: string };
  readonly tasks: { id: string; key: string; dependsOn: string[] }[];
}

describe('the command, on a system without any agent', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.make();
    await machine.ask(['up', '--detach']);
    await machine.ask(['setup', '--email', 'person@example.org', '--password-stdin'], {
      input: 'a long enough password',
    });
  });
  afterAll(() => machine.remove(), 90_000);

  test('puts a goal on the board and shows the plan that Jason made of it', async () => {
    const { mission, tasks } = await machine.ask<Planned>(['mission', 'create', GOAL, '--wait']);
    expect(mission.state).toBe('proposed');
    expect(tasks.find(({ key }) => key === 'task-3')?.dependsOn).toHaveLength(2);
    const { stdout } = await machine.aether(['mission', 'show', mission.id]);
    expect(stdout).toMatch(/proposed {2}A page/);
    expect(stdout).toMatch(/task-3 +○ waiting +Run: cat top\.txt end\.txt +task-1, task-2/);
    expect((await machine.aether(['missions'])).stdout).toContain(mission.id);
    const cancelled = await machine.ask<Planned>(['mission', 'cancel', mission.id]);
    expect(cancelled.mission.state).toBe('cancelled');
  });

  test('tells why there is no plan, and what to do', async () => {
    const { code, stderr } = await machine.aether([
      'mission',
      'create',
      '- fly to the moon [rocketry]',
      '--wait',
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/"rocketry".*\(plan_invalid\)\n {2}→ /);
  });

  test('talks with Jason, who makes a mission and tells of it', async () => {
    const first = await machine.ask<{ answer: string; conversationId: string; demo: boolean }>([
      'jason',
      GOAL,
    ]);
    expect(first).toMatchObject({ demo: true, answer: expect.stringContaining('is on the board') });
    const { stdout } = await machine.aether(['jason', 'status']);
    expect(stdout).toMatch(/show_mission\n[^]*"A page" is/);
    const again = await machine.ask<{ conversationId: string }>(['jason', 'missions']);
    expect(again.conversationId).toBe(first.conversationId);
  });

  test('invites a person by a link, who gets an account and can be shut out', async () => {
    const { link } = await machine.ask<{ link: string }>(['invite', 'ada@example.org', '--role', 'viewer']);
    const page = await fetch(link);
    expect(await page.text()).toContain('<title>Invitation');
    const response = await fetch(`${machine.url}/api/v1/invitations/accept`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        token: new URL(link).hash.replace('#token=', ''),
        name: 'Ada',
        password: 'another long password',
      }),
    });
    expect(response.status).toBeLessThan(300);
    expect((await machine.aether(['users'])).stdout).toMatch(/ada@example\.org +Ada +viewer +active/);
    await machine.ask(['user', 'disable', 'ada@example.org']);
    expect((await machine.aether(['users'])).stdout).toMatch(/ada@example\.org +Ada +viewer +disabled/);
    const refused = await machine.aether(['user', 'disable', 'nobody@example.org']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('user_not_found') });
  });

  test('makes a key with scopes, rotates it and revokes it', async () => {
    const made = await machine.ask<{ apiKey: { id: string }; key: string }>([
      ...['key', 'create', 'ci', '--role', 'operator', '--scopes', 'missions:read'],
    ]);
    const status = async (key: string, path: string) =>
      (await fetch(machine.url + path, { headers: { authorization: `Bearer ${key}` } })).status;
    expect(await status(made.key, '/api/v1/missions')).toBe(200);
    expect(await status(made.key, '/api/v1/deployments')).toBe(403);
    const rotated = await machine.ask<typeof made>(['key', 'rotate', made.apiKey.id]);
    expect(await status(rotated.key, '/api/v1/missions')).toBe(200);
    expect((await machine.aether(['keys'])).stdout).toContain(rotated.apiKey.id);
    await machine.ask(['key', 'revoke', rotated.apiKey.id]);
    expect(await status(rotated.key, '/api/v1/missions')).toBe(401);
  });

  test('says how a command of a group is called', async () => {
    const { code, stderr } = await machine.aether(['mission', 'show', '']);
    expect(code).toBe(2);
    expect(stderr).toContain('npx aether mission show --help');
  });
});
