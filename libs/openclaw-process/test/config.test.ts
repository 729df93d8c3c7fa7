import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { renderConfig } from '@aether/openclaw-process/config';
import { gatewayEnvironment } from '@aether/openclaw-process/environment';
import { writeGatewayFiles } from '@aether/openclaw-process/files';
import { withAgentsOf } from '@aether/openclaw-process/kept-agents';
import { settingsFor } from './settings.js';

describe('renderConfig', () => {
  test('names models by the provider aether and gives each agent a workspace of its own', () => {
    const config = renderConfig(
      settingsFor('/data/gateway', { agents: [{ id: 'main' }, { id: 'coder', model: 'large' }] }),
    );
    expect(config.agents.defaults.model).toEqual({ primary: 'aether/small' });
    expect(config.agents.entries).toEqual({
      main: { workspace: '/data/gateway/workspace/main' },
      coder: { workspace: '/data/gateway/workspace/coder', model: 'aether/large' },
    });
  });

  test('keeps the mark without which the gateway would restore an older file', () => {
    expect(renderConfig(settingsFor('/data')).meta).toMatchObject({ lastTouchedVersion: expect.any(String) });
  });

  test.each([
    [{ defaultModel: 'none' }, 'is not one of models'],
    [{ agents: [{ id: 'a', model: 'none' }] }, 'is not one of models'],
    [{ agents: [{ id: 'a' }, { id: 'a' }] }, 'two agents have the same id'],
    [{ agents: [{ id: 'A b' }] }, 'pattern'],
    [{ port: 0 }, 'port'],
    [{ directory: 'relative' }, 'must be absolute'],
  ])('refuses %j', (fault, message) => {
    expect(() => renderConfig({ ...settingsFor('/data'), ...fault })).toThrow(message);
  });
});

describe('withAgentsOf', () => {
  const config = renderConfig(settingsFor('/data'));
  const written = (entries: object) => JSON.stringify({ ...config, agents: { ...config.agents, entries } });

  test('keeps agents that were added, and what people made of those it renders', () => {
    const before = written({
      main: { workspace: '/elsewhere', name: 'Boss', model: 'aether/large' },
      helper: { workspace: '/data/workspace/helper', name: 'Helper' },
    });
    expect(withAgentsOf(config, before).agents.entries).toEqual({
      main: { workspace: '/data/workspace/main', name: 'Boss', model: 'aether/large' },
      helper: { workspace: '/data/workspace/helper', name: 'Helper' },
    });
  });

  test.each([undefined, '', 'no json', '{"agents":{"entries":[]}}', '{"agents":{"entries":{"main":1}}}'])(
    'takes nothing from %j',
    (before) => {
      expect(withAgentsOf(config, before)).toEqual(config);
    },
  );
});

test('the environment of a gateway holds nothing that was not given for it', () => {
  const given = gatewayEnvironment({
    directory: '/data',
    path: '/usr/bin',
    variables: { HTTPS_PROXY: 'http://p' },
  });
  expect(Object.keys(given).filter((name) => !name.startsWith('OPENCLAW_'))).toEqual([
    'HTTPS_PROXY',
    'PATH',
    'HOME',
    'LANG',
    'TZ',
  ]);
  expect(given.PATH).toMatch(/:\/usr\/bin$/u);
});

describe('writeGatewayFiles', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aether-files-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const write = (token = 'the-token') =>
    writeGatewayFiles({
      directory,
      config: renderConfig(settingsFor(directory)),
      token,
      modelKey: 'the-key',
      agentFiles: { main: { 'AGENTS.md': 'Be brief.' } },
    });
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

  test('puts secrets into one private file and none into the configuration', async () => {
    const paths = await write();
    expect(JSON.parse(await readFile(paths.keys, 'utf8'))).toEqual({
      gatewayToken: 'the-token',
      modelKey: 'the-key',
    });
    const config = await readFile(paths.config, 'utf8');
    expect(config).not.toMatch(/the-token|the-key/u);
    await expect(Promise.all([paths.keys, paths.config].map(modeOf))).resolves.toEqual(['600', '600']);
    await expect(Promise.all([directory, join(directory, 'secrets')].map(modeOf))).resolves.toEqual([
      '700',
      '700',
    ]);
  });

  test('changes only what differs when it is repeated, and keeps what the agent wrote', async () => {
    const paths = await write();
    const note = join(paths.workspaces, 'main', 'note.txt');
    await writeFile(note, 'mine');
    const before = await stat(paths.config, { bigint: true });
    await write('another-token');
    const after = await stat(paths.config, { bigint: true });
    expect(after.ino).toBe(before.ino);
    expect(await readFile(paths.keys, 'utf8')).toContain('another-token');
    expect(await readFile(note, 'utf8')).toBe('mine');
    expect(await readFile(join(paths.workspaces, 'main', 'AGENTS.md'), 'utf8')).toBe('Be brief.');
  });

  test('refuses files for an agent that is not configured', async () => {
    const config = renderConfig(settingsFor(directory));
    const files = { directory, config, token: 't', modelKey: 'k', agentFiles: { nobody: { 'SOUL.md': '' } } };
    await expect(writeGatewayFiles(files)).rejects.toThrow('There is no agent "nobody"');
  });
});
