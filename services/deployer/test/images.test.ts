import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test as always } from '@jest/globals';
import { newId } from '@aether/messaging/id';
import { environment } from '@aether/testing/config';
import { hasDockerEngine } from '@aether/testing/docker-engine';
import { eventually } from '@aether/testing/eventually';
import { freePort } from '@aether/testing/free-port';
import { connectEngine } from '../src/docker/engine.js';
import { checkImage, pullImage } from '../src/docker/images.js';

const REGISTRY = '/usr/bin/docker-registry';
const canRun = (await hasDockerEngine()) && (existsSync(REGISTRY) || environment['CI'] !== undefined);
const test = canRun ? always : always.skip;

const engine = connectEngine('/var/run/docker.sock');
const run = promisify(execFile);
let directory: string;
let registry: ChildProcess;
let image: string;
let digest: string;
const repository = () => image.slice(0, image.lastIndexOf(':'));

beforeAll(async () => {
  if (!canRun) return;
  directory = await mkdtemp(join(tmpdir(), 'aether-registry-'));
  const port = await freePort();
  const config = join(directory, 'config.yml');
  await writeFile(
    config,
    `version: 0.1\nstorage: {filesystem: {rootdirectory: ${directory}}}\nhttp: {addr: "127.0.0.1:${port}"}\n`,
  );
  registry = spawn(REGISTRY, ['serve', config], { stdio: 'ignore' });
  await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/v2/`)).ok).toBe(true), {
    timeoutMs: 30_000,
  });
  image = `127.0.0.1:${port}/agent:${newId()}`;
  await make(image, 20_000_000);
  digest = await push(image);
  await run('docker', ['rmi', image]);
}, 300_000);
afterAll(async () => {
  if (!canRun) return;
  registry.kill('SIGKILL');
  await run('docker', ['rmi', '--force', image]);
  await rm(directory, { recursive: true, force: true });
});

async function make(name: string, bytes: number): Promise<string> {
  const files = await mkdtemp(join(directory, 'files-'));
  // Too random to become smaller on the way.
  await writeFile(join(files, 'data'), randomBytes(bytes));
  const archive = `${files}.tar`;
  await run('tar', ['--create', `--file=${archive}`, `--directory=${files}`, 'data']);
  return (await run('docker', ['import', archive, name])).stdout.trim();
}

async function push(name: string): Promise<string> {
  const { stdout } = await run('docker', ['push', name]);
  return /digest: (sha256:[0-9a-f]{64})/u.exec(stdout)?.[1] ?? '';
}

const told: string[] = [];
const progress = (signal = new AbortController().signal) => ({
  signal,
  tell: (text: string) => void told.push(text),
});

test('an image that a registry does not have is told as such before anything is fetched, and so is a pull of it', async () => {
  const absent = image.replace('/agent:', '/absent:');
  const refusal = { code: 'image_not_available', remedy: expect.stringContaining('Check its name') };
  await expect(checkImage(engine, absent)).rejects.toMatchObject(refusal);
  await expect(pullImage(engine, absent, progress())).rejects.toMatchObject(refusal);
});

test('a pull tells how far it is, and answers with the digest that the registry knows the image by', async () => {
  expect(await checkImage(engine, image)).toBe(`image ${image} can be pulled`);
  const exact = `${repository()}@${digest}`;
  expect(await pullImage(engine, image, progress())).toEqual({ image: exact, told: `image ${exact}` });
  expect(told[0]).toMatch(/^pulled \d+ of \d+ MB known so far$/u);
  expect(await checkImage(engine, image)).toBe(`image ${image} is here`);
});

test('what a registry has by the same name meanwhile is fetched, and the older one goes on by its digest', async () => {
  const older = `${repository()}@${digest}`;
  await make(image, 1_000);
  const newer = `${repository()}@${await push(image)}`;
  await run('docker', ['rmi', image]);
  await run('docker', ['pull', older]);
  await run('docker', ['tag', older, image]);
  expect(await pullImage(engine, image, progress())).toEqual({
    image: newer,
    told: `image ${newer}, newer than ${older}`,
  });
  expect(await pullImage(engine, image, progress())).toEqual({ image: newer, told: `image ${newer}` });
  expect(await pullImage(engine, older, progress())).toEqual({ image: older, told: `image ${older}` });
  await run('docker', ['rmi', older]);
  expect(await pullImage(engine, older, progress())).toMatchObject({ image: older });
  await run('docker', ['rmi', older]);
});

test('an image that was made here is not replaced by one that a registry has by its name', async () => {
  const name = `${repository()}:${newId()}`;
  await make(name, 1_000);
  await push(name);
  await run('docker', ['rmi', name]);
  const id = await make(name, 1_000);
  expect(await pullImage(engine, name, progress())).toEqual({ image: id, told: `image ${id}` });
  await run('docker', ['rmi', name]);
  await expect(pullImage(engine, id, progress())).rejects.toMatchObject({
    code: 'image_not_available',
    message: expect.stringContaining('no registry knows it'),
  });
});

test('a pull that nobody waits for any more ends, and one from a registry that is away says why, or goes on with what is here', async () => {
  const { image: here } = await pullImage(engine, image, progress());
  await expect(pullImage(engine, image, progress(AbortSignal.abort()))).rejects.toThrow('abort');
  await run('docker', ['rmi', '--force', image]);
  await expect(pullImage(engine, image, progress(AbortSignal.abort()))).rejects.toThrow('abort');
  await pullImage(engine, image, progress());
  registry.kill('SIGKILL');
  await once(registry, 'exit');
  const kept = await pullImage(engine, image, progress());
  expect(kept.image).toBe(here);
  expect(kept.told).toMatch(/as it is here: no newer one can be had \(.*refused/u);
  await run('docker', ['rmi', '--force', image]);
  await expect(pullImage(engine, image, progress())).rejects.toMatchObject({
    code: 'image_not_available',
    message: expect.stringContaining('refused'),
  });
});
