import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { remotesRequests } from '@aether/contracts/remotes';
import { repositoriesRequests } from '@aether/contracts/repositories';
import { GitHost } from './git-host.js';
import { person, startOrchestrator, type Orchestrator } from './system.js';

const { listRepositories, inspectRepository } = repositoriesRequests;
const operator = person();
const TOKEN = 'a-token-of-acme';
const root = mkdtempSync(join(tmpdir(), 'aether-repositories-'));
const project = join(root, 'team', 'project');
let system: Orchestrator;
let host: GitHost;

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Owner', '-c', 'user.email=owner@example.org', ...args], { cwd });

beforeAll(async () => {
  mkdirSync(project, { recursive: true });
  git(project, 'init', '--quiet', '-b', 'main');
  git(project, 'commit', '--quiet', '--allow-empty', '-m', 'first');
  git(project, 'branch', 'next');
  git(project, 'branch', 'aether/a-mission');
  mkdirSync(join(project, 'vendored', '.git'), { recursive: true });
  mkdirSync(join(root, 'plain'));
  host = await GitHost.start(TOKEN);
  host.create('acme', 'app', project);
  system = await startOrchestrator(
    { REPOSITORY_ROOTS: root, OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' },
    { withAgents: true },
  );
});
afterAll(async () => {
  await system.stop();
  await host.stop();
  rmSync(root, { recursive: true, force: true });
});

const inspect = (repository: string, baseBranch: string | null = null) =>
  system.call(inspectRepository, { repository, baseBranch }, operator);

describe('repositories that missions may use', () => {
  test('are found below the allowed directories, without those within others', async () => {
    expect(await system.call(listRepositories, {}, operator)).toEqual({ roots: [root], items: [project] });
    await expect(system.call(listRepositories, {}, person('viewer'))).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test("show their branches and the one a mission begins from, without Aether's own", async () => {
    const told = await inspect(project);
    expect(told.defaultBranch).toBe('main');
    expect([...told.branches].sort()).toEqual(['main', 'next']);
    expect(await inspect(project, 'next')).toMatchObject({ defaultBranch: 'main' });
  });

  test.each([
    { what: 'a branch that is not there', source: project, branch: 'gone', code: 'branch_missing' },
    { what: 'a directory without a repository', source: join(root, 'plain'), code: 'repository_missing' },
    { what: 'a path that is not there', source: join(root, 'gone'), code: 'repository_missing' },
    { what: 'a directory outside of those allowed', source: tmpdir(), code: 'repository_not_allowed' },
    {
      what: 'an address that is not allowed',
      source: 'https://10.0.0.1/acme/app.git',
      code: 'repository_address',
    },
    { what: 'what is no address', source: 'file:///etc', code: 'repository_address' },
  ])('are refused with the reason before a mission is made: $what', async ({ source, branch, code }) => {
    await expect(inspect(source, branch ?? null)).rejects.toMatchObject({ code, hint: expect.any(String) });
  });

  test('at an address are asked with the token that is configured for it, and are not cloned', async () => {
    const address = `${host.url}/acme/app.git`;
    await expect(inspect(address)).rejects.toMatchObject({ code: 'repository_unreachable' });
    const remote = { name: 'acme', urlPrefix: `${host.url}/acme/`, token: TOKEN, kind: 'plain' as const };
    await system.call(remotesRequests.createGitRemote, remote, person('admin'));
    expect(await inspect(address)).toEqual({ branches: ['main', 'next'], defaultBranch: 'main' });
  });
});
