import dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openclawRequests } from '@aether/contracts/openclaw';
import { eventually } from '@aether/testing/eventually';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { operator } from './remote-under-test.js';
import { startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

const { createConnection, testConnection, updateConnection } = openclawRequests;

let bridge: BridgeUnderTest;
let gateway: FakeGateway;
beforeAll(async () => {
  [bridge, gateway] = await Promise.all([startBridgeUnderTest(), FakeGateway.start()]);
});
afterAll(async () => {
  await bridge.stop();
  await gateway.stop();
});

/** Ways to write an address that leads to this machine or the network it is in; `%` stands for the port. */
test.each([
  ['a loopback address', 'ws://127.0.0.1:%'],
  ['a name that resolves to one', 'ws://localhost:%'],
  ['a number', 'ws://2130706433:%'],
  ['hexadecimal and missing parts', 'ws://0x7f.1:%'],
  ['octal', 'ws://0177.0.0.1:%'],
  ['no address at all', 'ws://0.0.0.0:%'],
  ['IPv6', 'ws://[::1]:%'],
  ['IPv4 in IPv6', 'ws://[::ffff:127.0.0.1]:%'],
  ['IPv4 in IPv6, in digits', 'ws://[::ffff:7f00:1]:%'],
  ['IPv4 in IPv6 by translation', 'ws://[64:ff9b::7f00:1]:%'],
  ['the private network', 'ws://192.168.0.1:%'],
  ['the network of a provider', 'ws://100.64.0.1:%'],
  ['a link-local address', 'ws://[fe80::1]:%'],
  ['a unique local address', 'ws://[fd00::1]:%'],
  ['the metadata service of a cloud', 'ws://169.254.169.254:%'],
])(
  'attack: request forgery by %s reaches nothing, at saving, testing and changing',
  async (_how, pattern) => {
    const url = pattern.replace('%', String(new URL(gateway.url).port));
    const target = { url, auth: 'token' as const, credential: gateway.token };
    const refused = { code: 'address_refused' };
    await expect(bridge.call(testConnection, target, operator)).rejects.toMatchObject(refused);
    await expect(bridge.call(createConnection, { ...target, name: url }, operator)).rejects.toMatchObject(
      refused,
    );
    const good = { name: `elsewhere ${url}`, url: 'wss://gateway.invalid', auth: 'device' as const };
    const { id } = await bridge.call(createConnection, good, operator);
    await expect(bridge.call(updateConnection, { id, ...target }, operator)).rejects.toMatchObject(refused);
    await bridge.call(openclawRequests.deleteConnection, { id }, operator);
    expect(gateway.upgrades).toHaveLength(0);
  },
);

test('attack: a name that becomes a private address after it was checked reaches nothing, at any attempt', async () => {
  let reached = 0;
  const inside = createServer((socket) => {
    reached += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(inside, 'listening');
  const rebinding = answerInTurn('gateway.example', ['93.184.216.34', '93.184.216.34', '127.0.0.1']);
  const url = `wss://gateway.example:${(inside.address() as AddressInfo).port}`;
  const target = { url, auth: 'token' as const, credential: gateway.token };
  try {
    const { reason } = await bridge.call(testConnection, target, operator);
    expect(reason).toMatchObject({ code: 'address_refused' });
    expect(rebinding.asked()).toBe(3);
    const { id } = await bridge.call(createConnection, { ...target, name: 'rebinding' }, operator);
    for (const asked of [6, 9]) {
      await eventually(async () => {
        const { state, reason: told } = await bridge.call(openclawRequests.getConnection, { id });
        expect({ state, code: told?.code, asked: rebinding.asked() }).toEqual({
          state: 'disconnected',
          code: 'address_refused',
          asked,
        });
      });
      if (asked === 6) await bridge.call(updateConnection, { id }, operator);
    }
    await bridge.call(openclawRequests.deleteConnection, { id }, operator);
    expect(reached).toBe(0);
  } finally {
    rebinding.stop();
    inside.close();
  }
});

/** A name server of somebody else for one name: these addresses, one for each question, again and again. */
function answerInTurn(name: string, addresses: readonly string[]): { asked(): number; stop(): void } {
  const { lookup } = dns;
  let asked = 0;
  const answering = (host: string, options: dns.LookupAllOptions, callback: Answered) => {
    if (host !== name) return lookup(host, options, callback);
    const address = addresses[asked % addresses.length] ?? '';
    asked += 1;
    callback(null, [{ address, family: 4 }]);
  };
  dns.lookup = answering as typeof lookup;
  return {
    asked: () => asked,
    stop: () => {
      dns.lookup = lookup;
    },
  };
}

type Answered = (error: NodeJS.ErrnoException | null, found: dns.LookupAddress[]) => void;
