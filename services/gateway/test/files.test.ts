import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { commonFailure } from '@aether/contracts/failure';
import { missionsCatalog } from '@aether/contracts/missions';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startEdge, type Edge } from './start-edge.js';

const PIECE = 100_000;
const content = randomBytes(2 * PIECE + 5);
const sha256 = createHash('sha256').update(content).digest('hex');
const broken = randomUUID();

let edge: Edge;
let token: string;
let name = 'out/report.md';
let asked = 0;

beforeAll(async () => {
  edge = await startEdge({ absent: ['missions'] });
  token = await edge.auth.tokenOf('viewer');
  await edge.play(missionsCatalog, {
    readArtifact: (input) => {
      const { id, offset } = input as { id: string; offset: number };
      asked += 1;
      if (id === broken && offset > 0) throw commonFailure('unavailable');
      const end = offset + PIECE;
      return Promise.resolve({
        name,
        mediaType: 'text/html',
        bytes: content.length,
        sha256,
        content: content.subarray(offset, end).toString('base64'),
        nextOffset: end < content.length ? end : null,
      });
    },
  });
});
afterAll(() => edge.stop());

const fetchFile = (id: string, init: RequestInit = {}) =>
  fetch(`${edge.url}/api/v1/artifacts/${id}/content`, {
    ...init,
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(25_000),
  });

test('a file is answered as one body, to be saved under its last name, and nothing of it runs', async () => {
  const response = await fetchFile(randomUUID());
  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/html',
    'content-length': String(content.length),
    'content-disposition': `attachment; filename="report.md"; filename*=UTF-8''report.md`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'repr-digest': `sha-256=:${createHash('sha256').update(content).digest('base64')}:`,
    'cache-control': 'no-store',
  });
});

test('HEAD answers what the file is, and asks for one piece only', async () => {
  asked = 0;
  const response = await fetchFile(randomUUID(), { method: 'HEAD' });
  expect(response.headers.get('content-length')).toBe(String(content.length));
  expect(asked).toBe(1);
});

test('attack: a name cannot add headers, nor end the one it is in', async () => {
  name = 'x"; filename=evil.exe; \u00e9\u4e2d.md';
  const response = await fetchFile(randomUUID());
  await response.arrayBuffer();
  expect(response.headers.get('content-disposition')).toBe(
    `attachment; filename="x_; filename=evil.exe; __.md"; filename*=UTF-8''x%22%3B%20filename%3Devil.exe%3B%20%C3%A9%E4%B8%AD.md`,
  );
  name = 'out/report.md';
});

test('attack: a client cannot say where the file begins, nor read it without the permission', async () => {
  const path = `/api/v1/artifacts/${randomUUID()}/content`;
  expect(await edge.request(`GET ${path}?offset=5`, { token })).toMatchObject({ status: 400 });
  expect(await edge.request(`GET ${path}`)).toMatchObject({ status: 401 });
});

test('a file that breaks off is an answer that breaks off, never a short one that looks whole', async () => {
  const response = await fetchFile(broken);
  await expect(response.arrayBuffer()).rejects.toThrow();
});
