import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { LiveClient, refusedUpgrade } from './live-client.js';
import { startEdge, type Edge } from './start-edge.js';

let directory: string;
let edge: Edge;
const certificate = () => join(directory, 'tls.crt');
const key = () => join(directory, 'tls.key');

async function issue(name: string): Promise<{ cert: string; private: string }> {
  return generate([{ name: 'commonName', value: name }], { keyType: 'ec' });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aether-tls-'));
  const first = await issue('first.example');
  await writeFile(certificate(), first.cert);
  await writeFile(key(), first.private);
  edge = await startEdge({ environment: { TLS_CERT_FILE: certificate(), TLS_KEY_FILE: key() } });
});
afterAll(async () => {
  await edge.stop();
  await rm(directory, { recursive: true });
});

async function dial(): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    port: Number(new URL(edge.url).port),
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  return socket;
}

async function ask(socket: TLSSocket, headers: readonly string[] = []): Promise<string> {
  let answer = '';
  const receive = (data: Buffer) => (answer += data.toString());
  socket.on('data', receive);
  socket.write(['GET /health/live HTTP/1.1', 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n'));
  await eventually(() => expect(answer).toMatch(/\r\n\r\n.+/s));
  socket.off('data', receive);
  return answer;
}

test('https is spoken with the certificate of the files, and tells browsers to stay with it', async () => {
  expect(edge.url).toMatch(/^https:/);
  const socket = await dial();
  expect(socket.getPeerCertificate().subject.CN).toBe('first.example');
  expect(await ask(socket)).toMatch(/strict-transport-security: max-age=\d+/i);
  socket.destroy();
});

test('a live socket over TLS is opened for pages of this host over TLS, and for no other page', async () => {
  const token = await edge.auth.tokenOf('viewer');
  const cookie = { cookie: `aether_access=${token}` };
  const host = new URL(edge.url).host;
  const own = await LiveClient.open(edge.url, {
    headers: { ...cookie, origin: `https://${host}` },
    rejectUnauthorized: false,
  });
  await own.close();
  for (const origin of [`http://${host}`, 'https://evil.example']) {
    const { status } = await refusedUpgrade(edge.url, {
      headers: { ...cookie, origin },
      rejectUnauthorized: false,
    });
    expect(status).toBe(403);
  }
});

test('a renewed certificate is taken for new connections, and open ones are not dropped', async () => {
  const open = await dial();
  await ask(open);
  const second = await issue('second.example');
  await writeFile(certificate(), second.cert);
  await writeFile(key(), second.private);
  await eventually(async () => {
    const socket = await dial();
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    expect(CN).toBe('second.example');
  });
  expect(await ask(open)).toMatch(/^HTTP\/1\.1 200 /);
  open.destroy();
});

test('a broken certificate leaves the one before in use', async () => {
  await writeFile(certificate(), 'not a certificate');
  const { CN } = await eventually(async () => {
    const socket = await dial();
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return subject;
  });
  expect(CN).toBe('second.example');
});
