import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Connection, ProbeReport } from '@aether/contracts/openclaw';
import { eventually } from '@aether/testing/eventually';
import { FakeGateway, type FakeGatewayOptions } from '@aether/testing/fake-gateway';
import { Machine, outcomeOf } from './machine.js';

interface Told {
  readonly connection: Connection;
  readonly connections: Connection[];
  readonly report: ProbeReport;
}

describe('gateways that run elsewhere, by the command alone', () => {
  let machine: Machine;
  const gateways: FakeGateway[] = [];
  beforeAll(async () => {
    machine = await Machine.make();
    const environment = { OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' };
    await machine.ask(['up', '--detach'], { environment });
    const person = ['setup', '--email', 'person@example.org', '--password-stdin'];
    await machine.ask(person, { input: 'a long enough password\n' });
  });
  afterAll(() => machine.remove(), 90_000);
  afterEach(async () => {
    for (const gateway of gateways.splice(0)) await gateway.stop();
  });

  async function start(options: FakeGatewayOptions = {}): Promise<FakeGateway> {
    const gateway = await FakeGateway.start(options);
    gateways.push(gateway);
    return gateway;
  }
  const connection = (args: readonly string[], input?: string): Promise<Told> =>
    machine.ask<Told>(['connection', ...args], input === undefined ? {} : { input });
  const inList = async (name: string) =>
    (await machine.ask<Told>(['connections'])).connections.find((each) => each.name === name);

  test('one is tried, added, shown, changed and removed', async () => {
    const gateway = await start({ lacks: ['chat.abort'] });
    const { report } = await connection(['test', gateway.url, '--stdin'], gateway.token);
    expect(report).toMatchObject({ ok: true, gatewayVersion: '2026.9.6' });
    expect((await connection(['test', gateway.url, '--stdin'], 'wrong')).report.reason?.code).toBe(
      'token_mismatch',
    );
    expect(await inList('office')).toBeUndefined();

    const added = await connection(['add', 'office', gateway.url, '--stdin'], gateway.token);
    expect(added.connection).toMatchObject({ name: 'office', state: 'connected', protocol: 4 });
    const shown = await machine.aether(['connection', 'show', 'office']);
    expect(shown.stdout).toContain('OpenClaw 2026.9.6, protocol 4');
    expect(shown.stdout).toContain('It lacks chat.abort: replies cannot be stopped.');

    const renamed = await connection(['set', 'office', '--rename', 'lab']);
    expect(renamed.connection).toMatchObject({ name: 'lab', state: 'connected' });
    await connection(['remove', 'lab']);
    expect(await inList('lab')).toBeUndefined();
    await eventually(() => expect(gateway.connected).toHaveLength(0));
  });

  test('a wrong token is said with its remedy, and another one is taken', async () => {
    const gateway = await start();
    await connection(['add', 'wrong', gateway.url, '--stdin'], 'not-the-token');
    const shown = await machine.aether(['connection', 'show', 'wrong']);
    expect(shown.stdout).toContain('Give the connection the gateway’s present token.');
    const mended = await connection(['set', 'wrong', '--stdin'], gateway.token);
    expect(mended.connection.state).toBe('connected');
    await connection(['remove', 'wrong']);
  });

  test('pairing says the exact command, goes on by itself once it was run, and again after the key was rotated', async () => {
    const gateway = await start({ remote: true });
    for (const args of [
      ['add', 'far', gateway.url, '--stdin'],
      ['rotate', 'far'],
    ]) {
      const running = machine.start(['connection', ...args], { input: gateway.token });
      let told = '';
      running.stdout?.on('data', (data: Buffer) => (told += data.toString()));
      const ended = outcomeOf(running);
      const [, id = ''] = await eventually(
        () => {
          const found = /openclaw devices approve (\S+)/.exec(told);
          if (!found) throw new Error(`no command in: ${told}`);
          return found;
        },
        { timeoutMs: 60_000 },
      );
      expect(gateway.pairings.requests.map(({ requestId }) => requestId)).toEqual([id]);
      gateway.pairings.approve(id);
      const { code, stdout } = await ended;
      expect(code).toBe(0);
      expect(stdout).toContain('connected');
    }
    const paired = await connection(['pair', 'far']);
    expect(paired.connection.state).toBe('connected');
    await connection(['remove', 'far']);
  });

  test('one that speaks another protocol says which end is too old', async () => {
    const gateway = await start({ protocol: 3, version: '2026.3.1' });
    await connection(['add', 'old', gateway.url, '--stdin'], gateway.token);
    expect((await machine.aether(['connection', 'show', 'old'])).stdout).toContain('Update OpenClaw there');
    await connection(['remove', 'old']);
  });
});
