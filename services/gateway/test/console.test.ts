import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startEdge, type Edge } from './start-edge.js';

const SCRIPT = 'document.title = "here"';
const page = (name: string) =>
  `<html><script>${SCRIPT}</script><script src="/_next/a.js" async=""></script>${name}</html>`;
const files: Readonly<Record<string, string>> = {
  'index.html': page('home'),
  'index.txt': 'home data',
  'missions/index.html': page('list'),
  'missions/_/index.html': page('one'),
  'missions/_/index.txt': 'one data',
  'missions/new/index.html': page('new'),
  '404.html': page('lost'),
  '404/index.html': page('lost'),
  'mark.svg': '<svg/>',
  '_next/a.js': 'void 0',
  'secret.env': 'TOKEN=1',
};

let folder: string;
let edge: Edge;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aether-console-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  edge = await startEdge({ environment: { CONSOLE_DIR: folder } });
});
afterAll(async () => {
  await edge.stop();
  rmSync(folder, { recursive: true });
});

test('one exported page answers at the address of every id, and a fixed page before it', async () => {
  const textOf = async (path: string) => (await edge.request(`GET ${path}`)).text;
  expect(await textOf('/')).toContain('home');
  expect(await textOf('/missions/')).toContain('list');
  for (const path of ['/missions/01a209a6', '/missions/01a209a6/', '/missions/01a209a6/?task=x'])
    expect(await textOf(path)).toContain('one');
  expect(await textOf('/missions/new/')).toContain('new');
  expect(await textOf('/missions/01a209a6/index.txt')).toBe('one data');
});

test('a page runs its own inline scripts and no others', async () => {
  const { headers } = await edge.request('GET /missions/');
  const hash = createHash('sha256').update(SCRIPT).digest('base64');
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("img-src 'self' data:");
  expect(policy).toContain("frame-ancestors 'none'");
});

test('what names its content is kept for a year, pages are asked for again', async () => {
  const script = await edge.request('GET /_next/a.js');
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await edge.request('GET /')).headers.get('cache-control')).toBe('no-cache');
});

test('only what belongs to a page is served from the folder of the console', async () => {
  for (const path of ['/secret.env', '/404/', '/mission/', '/missions/a/b/', '/_next/..%2fsecret.env'])
    expect((await edge.request(`GET ${path}`)).status).toBe(404);
});

test('who looks for a page that is not there sees a page that says so, and programs get the problem', async () => {
  const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };
  const shown = await edge.request('GET /mission/', browser);
  expect(shown).toMatchObject({ status: 404, text: expect.stringContaining('lost') });
  expect(shown.headers.get('content-security-policy')).toContain("script-src 'self' 'sha256-");
  const program = await edge.request('GET /mission/');
  expect(program).toMatchObject({ status: 404, text: expect.stringContaining('"code":"not_found"') });
  const api = await edge.request('GET /api/v1/mission', browser);
  expect(api).toMatchObject({ status: 404, text: expect.stringContaining('"code":"not_found"') });
});

test('without an export the edge serves its API and says how the console is built', async () => {
  const lone = await startEdge({ environment: { CONSOLE_DIR: join(folder, 'absent') } });
  const { status, text } = await lone.request('GET /');
  expect(status).toBe(503);
  expect(text).toContain('npm run build:console');
  expect((await lone.request('GET /health/live')).status).toBe(200);
  await lone.stop();
});
