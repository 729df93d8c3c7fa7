import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { Machine } from './machine.js';

interface Answer {
  readonly [field: string]: unknown;
  readonly deployment: { state: string; name: string; steps: { state: string }[] };
  readonly lines: { source: string; text: string }[];
}

describe('from nothing to a chat with an agent, by the command alone', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.make({ agents: true });
  }, 300_000);
  afterAll(() => machine.remove(), 90_000);

  test('up --detach returns when the system is ready, with a link to set it up', async () => {
    const up = await machine.ask<Answer>(['up', '--detach']);
    expect(up).toMatchObject({ url: machine.url, setUp: false, started: true });
    expect(up['setupUrl']).toMatch(`${machine.url}/setup#token=`);
    const ready = await fetch(`${machine.url}/health/ready`);
    expect(ready.status).toBe(200);
  });

  test('a second up finds the first and starts nothing', async () => {
    expect(await machine.ask(['up', '--detach'])).toMatchObject({ url: machine.url, started: false });
    const inForeground = await machine.aether(['up', '--json']);
    expect(inForeground.code).toBe(1);
    expect(inForeground.json()).toMatchObject({ error: { code: 'already_running' } });
  });

  test('commands that need an account say how to get one', async () => {
    const agents = await machine.aether(['agents', '--json']);
    expect(agents.code).toBe(1);
    expect(agents.json()).toMatchObject({
      error: { code: 'not_signed_in', hint: expect.stringContaining('setup') },
    });
  });

  test('a password that is too short is refused with a reason, and the set-up can be repeated', async () => {
    const args = ['setup', '--email', 'person@example.org', '--password-stdin'];
    const short = await machine.aether([...args, '--json'], { input: 'short\n' });
    expect(short.code).toBe(1);
    expect(short.json()).toMatchObject({ error: { code: 'invalid_input', issues: [{ path: 'password' }] } });
    const good = await machine.ask(args, { input: 'a long enough password\n' });
    expect(good).toMatchObject({ user: { email: 'person@example.org', role: 'admin' }, url: machine.url });
  });

  test('a system is set up once', async () => {
    const again = await machine.aether(
      ['setup', '--email', 'other@example.org', '--password-stdin', '--json'],
      {
        input: 'another long password\n',
      },
    );
    expect(again.json()).toMatchObject({ error: { code: 'already_set_up' } });
  });

  test('login replaces the sign-in, and a wrong password does not', async () => {
    const args = ['login', '--email', 'person@example.org', '--password-stdin'];
    await machine.ask(args, { input: 'a long enough password' });
    const wrong = await machine.aether([...args, '--json'], { input: 'not the password' });
    expect(wrong.json()).toMatchObject({ error: { code: 'sign_in_failed' } });
    expect(await machine.ask(['status'])).toMatchObject({ signedIn: true, deployments: [] });
  });

  test('deploy --wait ends with a ready deployment', async () => {
    const args = ['deploy', '--template', 'general', '--runtime', 'process', '--name', 'first', '--wait'];
    const { deployment } = await machine.ask<Answer>(args);
    expect(deployment).toMatchObject({ name: 'first', state: 'ready' });
    expect(deployment.steps.map(({ state }) => state)).toEqual(deployment.steps.map(() => 'done'));
  }, 300_000);

  test('a name is used once', async () => {
    const again = await machine.aether(['deploy', '--template', 'general', '--name', 'first', '--json']);
    expect(again.code).toBe(1);
    expect(again.json()).toMatchObject({ error: { code: 'deployment_name_taken' } });
  });

  test('chat gives the reply of the agent, and goes on with the same chat', async () => {
    const hello = await machine.ask<Answer>(['chat', 'first', 'hello']);
    expect(hello['reply']).toContain('Demo model');
    const more = await machine.ask<Answer>(['chat', 'first', 'are you there']);
    expect(more['reply']).toContain('are you there');
    expect(more['chatId']).toBe(hello['chatId']);
    const fresh = await machine.ask<Answer>(['chat', 'first', 'hello', '--new']);
    expect(fresh['chatId']).not.toBe(hello['chatId']);
  });

  test('chat for people writes the reply and nothing else to standard output', async () => {
    const { stdout, code } = await machine.aether(['chat', 'first', 'count to 5']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Demo model: 1 2 3 4 5\.\n$/);
  });

  test('usage --check finds that the gateway tells the same calls as the ledger', async () => {
    await eventually(
      async () => {
        const { checks } = await machine.ask<{ checks: object[] }>([
          'usage',
          '--check',
          '--deployment',
          'first',
        ]);
        expect(checks).toMatchObject([
          { chats: 2, differing: 0, waiting: 0, ledger: { calls: 4 }, gateway: { calls: 4 }, notes: [] },
        ]);
      },
      { timeoutMs: 60_000, intervalMs: 2_000 },
    );
    expect((await machine.aether(['usage', '--check'])).stdout).toMatch(/first +2 +4 calls/);
  });

  test('an agent whose key was revoked says so, and has another one after a restart', async () => {
    const keysOf = async () =>
      (
        await machine.ask<{ keys: { id: string; name: string | null; endsAt: string | null }[] }>([
          'model-keys',
          'first',
        ])
      ).keys.filter(({ endsAt }) => endsAt === null);
    const [own] = await keysOf();
    const made = await machine.ask<{ key: string }>(['model-key', 'create', 'first', 'script']);
    expect(made.key).toMatch(/^avk_/);
    expect((await keysOf()).map(({ name }) => name)).toEqual(['script', null]);
    const revoked = await machine.aether(['model-key', 'revoke', own?.id ?? '']);
    expect(revoked.stdout).toContain('until it is restarted');
    const refused = await machine.aether(['chat', 'first', 'hello', '--json']);
    expect(refused.code).toBe(1);
    await machine.ask(['restart', 'first', '--wait']);
    // The gateway itself leaves a provider alone for a minute that has refused it.
    await eventually(
      async () =>
        expect((await machine.ask<Answer>(['chat', 'first', 'hello']))['reply']).toContain('Demo model'),
      { timeoutMs: 180_000, intervalMs: 5_000 },
    );
  }, 400_000);

  test('agents and logs show what runs', async () => {
    const overview = await machine.ask(['agents']);
    expect(overview).toMatchObject({ deployments: [{ name: 'first' }], agents: [{ online: true }] });
    const { lines } = await machine.ask<Answer>(['logs', 'first', '--source', 'step']);
    expect(lines.map(({ source }) => source)).toEqual(lines.map(() => 'step'));
    expect(lines.length).toBeGreaterThan(5);
  });

  test('a stopped agent is said to be stopped, and starts again', async () => {
    await machine.ask(['stop', 'first', '--wait']);
    const chat = await machine.aether(['chat', 'first', 'hello', '--json']);
    expect(chat.json()).toMatchObject({ error: { code: 'agent_not_running' } });
    const { deployment } = await machine.ask<Answer>(['start', 'first', '--wait']);
    expect(deployment.state).toBe('ready');
  });

  test('after down and up everything is where it was', async () => {
    await machine.ask(['down']);
    expect((await machine.aether(['status', '--json'])).json()).toMatchObject({ running: false });
    expect(await machine.ask(['up', '--detach'])).toMatchObject({ url: machine.url, setUp: true });
    await eventually(
      async () => {
        const { deployments } = await machine.ask<{ deployments: { state: string }[] }>(['agents']);
        expect(deployments).toMatchObject([{ name: 'first', state: 'ready' }]);
      },
      { timeoutMs: 180_000, intervalMs: 1_000 },
    );
    const more = await machine.ask<Answer>(['chat', 'first', 'hello again']);
    expect(more['reply']).toContain('Demo model');
  }, 300_000);

  test('delete removes the agent', async () => {
    const { deployment } = await machine.ask<Answer>(['delete', 'first', '--wait']);
    expect(deployment.state).toBe('deleted');
    const { deployments } = await machine.ask<{ deployments: { name: string }[] }>(['agents']);
    expect(deployments.map(({ name }) => name)).not.toContain('first');
  });

  test('logout revokes the key', async () => {
    expect(await machine.ask(['logout'])).toEqual({ signedOut: true, keyRevoked: true });
  });
});
