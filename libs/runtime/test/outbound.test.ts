import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { AllowedRanges, Outbound, OutboundRefused } from '@aether/runtime/outbound';

describe('addresses that a person types', () => {
  const closed = new Outbound([]);

  test.each([
    'http://127.0.0.1/',
    'http://localhost:9000/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a00:1]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0.0.0.0/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://224.0.0.1/',
    'ws://255.255.255.255/',
  ])('%s is refused unless its range is allowed', async (url) => {
    await expect(closed.check(url)).rejects.toMatchObject({ code: 'address_refused' });
  });

  test('public ones are reached', async () => {
    await closed.check('https://93.184.216.34/');
    await closed.check('wss://[2606:2800:220:1:248:1893:25c8:1946]/');
  });

  test('an allowed range opens itself and nothing else', async () => {
    const outbound = new Outbound(AllowedRanges.parse('10.0.0.0/8, ::1/128'));
    await outbound.check('http://10.1.2.3/');
    await outbound.check('http://[::1]/');
    await expect(outbound.check('http://192.168.1.1/')).rejects.toThrow(OutboundRefused);
  });

  test('a range that is none is named when the settings are read', () => {
    expect(() => AllowedRanges.parse('10.0.0.0')).toThrow();
    expect(AllowedRanges.parse(undefined)).toEqual([]);
  });

  test('a name that has become a private address is refused in the moment of connecting', async () => {
    const server = createServer((_, reply) => reply.end('inside')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const attempt = request({ host: 'localhost', port, lookup: closed.lookup }).end();
    const [error] = (await once(attempt, 'error')) as [Error];
    expect(error).toMatchObject({ code: 'address_refused', host: 'localhost' });
    server.close();
  });

  test('so it is for a client that takes no lookup, while it begins to connect and not after', async () => {
    const server = createServer((_, reply) => reply.end('inside')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const begin = () => request({ host: 'localhost', port }).end();
    const restore = closed.intercept();
    const attempt = begin();
    restore();
    const [error] = (await once(attempt, 'error')) as [Error];
    expect(error).toMatchObject({ code: 'address_refused', host: 'localhost' });
    const [reply] = (await once(begin(), 'response')) as [IncomingMessage];
    expect(reply.statusCode).toBe(200);
    reply.resume();
    server.close();
  });
});
