import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deployerRequests, type PresetFile, type TemplateFile } from '@aether/contracts/deployer';
import { newId } from '@aether/messaging/id';
import { as, startSystem, type System } from './system.js';

const {
  createDeployments,
  exportPreset,
  exportTemplate,
  getPreset,
  importPreset,
  importTemplate,
  listPresets,
  operateDeployments,
  removePreset,
  removeTemplate,
  renamePreset,
  savePreset,
} = deployerRequests;
const name = () => `n-${newId().slice(-12)}`;

let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.start();
});
afterAll(async () => system.stop());

const named = async (prefix: string) =>
  (await system.call(deployerRequests.listDeployments, { limit: 200 })).items
    .filter((deployment) => deployment.name.startsWith(prefix))
    .map((deployment) => deployment.name)
    .sort();

const templateFile = (id: string, files: Record<string, string> = { 'AGENTS.md': 'Be brief.' }) => ({
  format: 'aether.template' as const,
  version: 1 as const,
  template: { id, name: 'Brief', summary: 'Says little.', capabilities: ['writing'], memoryMb: 64, files },
  toGiveAgain: [],
});

test("a preset keeps a deployment's settings, and is listed, renamed and removed", async () => {
  const deployment = await system.create();
  const [first, second] = [name(), name()];
  const preset = await system.call(savePreset, { name: first, deployment: deployment.name });
  expect(preset).toMatchObject({ name: first, template: 'general', runtime: 'process', model: 'demo' });
  await expect(system.call(savePreset, { name: first, deployment: deployment.id })).rejects.toMatchObject({
    code: 'preset_name_taken',
  });
  await system.call(renamePreset, { id: first, name: second });
  expect((await system.call(getPreset, { id: preset.id })).name).toBe(second);
  expect((await system.call(listPresets, {})).items.map(({ id }) => id)).toContain(preset.id);
  await system.call(removePreset, { id: second });
  await expect(system.call(getPreset, { id: preset.id })).rejects.toMatchObject({ code: 'preset_not_found' });
});

test('several from one preset are deployed with numbered names, each on its own, once per request', async () => {
  const preset = await system.call(savePreset, { name: name(), deployment: (await system.create()).id });
  const prefix = name();
  const context = as('operator', { idempotencyKey: newId() });
  const input = { name: prefix, count: 3, preset: preset.name };
  const { items } = await system.call(createDeployments, input, context);
  expect(items.map((item) => item.name)).toEqual([1, 2, 3].map((number) => `${prefix}-${number}`));
  expect(await system.call(createDeployments, input, context)).toEqual({ items });
  for (const { id } of items) await system.inState(id, 'ready');
});

test.each([
  ['a name is taken', { template: 'general' }, 'deployment_name_taken'],
  ['the template does not exist', { template: 'nothing' }, 'template_not_found'],
  ['the preset does not exist', { preset: 'nothing' }, 'preset_not_found'],
  ['both are given', { preset: 'nothing', template: 'general' }, 'invalid_input'],
])('none of several is deployed where %s', async (_why, what, code) => {
  const prefix = name();
  await system.create(`${prefix}-3`);
  await expect(system.call(createDeployments, { name: prefix, count: 4, ...what })).rejects.toMatchObject({
    code,
  });
  expect(await named(prefix)).toEqual([`${prefix}-3`]);
});

test('an operation on many answers for each, and what one is refused does not hold up the others', async () => {
  const [one, other] = await Promise.all([system.ready(), system.ready()]);
  const context = as('operator', { idempotencyKey: newId() });
  const input = { operation: 'stop' as const, ids: [one.id, 'no-such', other.name] };
  const { items } = await system.call(operateDeployments, input, context);
  expect(items.map(({ id, deployment, problem }) => [id, deployment?.operation, problem?.code])).toEqual([
    [one.id, 'stop', undefined],
    ['no-such', undefined, 'deployment_not_found'],
    [other.name, 'stop', undefined],
  ]);
  await Promise.all([one, other].map(({ id }) => system.inState(id, 'stopped')));
  expect((await system.call(operateDeployments, input, context)).items[0]?.deployment?.id).toBe(one.id);
  const removed = await system.call(operateDeployments, { operation: 'delete', ids: [one.id, other.id] });
  expect(removed.items.every(({ problem }) => problem === null)).toBe(true);
});

test('a template and a preset of it go from one installation to another as files', async () => {
  const id = name();
  const imported = await system.call(importTemplate, { file: templateFile(id) });
  expect(imported).toMatchObject({ id, imported: true });
  expect(await system.call(importTemplate, { file: templateFile(id) })).toEqual(imported);
  await expect(
    system.call(importTemplate, { file: templateFile(id, { 'AGENTS.md': 'Be long.' }) }),
  ).rejects.toMatchObject({ code: 'template_exists' });
  const [deployment] = (await system.call(createDeployments, { name: name(), template: id })).items;
  await system.inState(deployment?.id ?? '', 'ready');
  const preset = await system.call(savePreset, { name: name(), deployment: deployment?.id ?? '' });
  await expect(system.call(removeTemplate, { id })).rejects.toMatchObject({ code: 'template_in_use' });

  const file: PresetFile = await system.call(exportPreset, { id: preset.id });
  expect(file.template).toEqual(templateFile(id).template);
  await system.call(removePreset, { id: preset.id });
  await system.call(operateDeployments, { operation: 'delete', ids: [deployment?.id ?? ''] });
  await system.inState(deployment?.id ?? '', 'deleted');
  await system.call(removeTemplate, { id });

  const back = await system.call(importPreset, { file });
  expect(back).toMatchObject({ name: preset.name, template: id, model: 'demo' });
  expect(await system.call(exportTemplate, { id })).toEqual(templateFile(id));
});

test('the models of a template are used where a deployment names none: the first that is offered, the others behind it', async () => {
  const id = name();
  const plain = templateFile(id);
  const file = { ...plain, template: { ...plain.template, models: ['gone', 'demo-2', 'demo'] } };
  const imported = await system.call(importTemplate, { file });
  expect(imported.models).toEqual(['gone', 'demo-2', 'demo']);
  expect(await system.call(exportTemplate, { id })).toEqual(file);
  const deploy = async (more: { model?: string }) => {
    const input = { name: name(), template: id, ...more };
    return system.inState((await system.call(deployerRequests.createDeployment, input)).id, 'ready');
  };
  const [usual, own] = [await deploy({}), await deploy({ model: 'demo' })];
  expect([usual.model, own.model]).toEqual(['demo-2', 'demo']);
  const orderOf = (of: string) =>
    system.neighbours.keysIssued.find(({ deploymentId }) => deploymentId === of)?.models;
  expect(orderOf(usual.id)).toEqual(['demo-2', 'demo']);
  expect(orderOf(own.id)).toEqual(['demo']);
  const other = (await system.create()).id;
  await system.inState(other, 'ready');
  expect(orderOf(other)).toBeUndefined();
});

test('secrets in the files of a template leave neither by template nor by preset, and are listed by name', async () => {
  const id = name();
  const key = `sk-${'a1b2'.repeat(8)}`;
  const text = `Use ${key} for search.\nGITHUB_TOKEN=hunter2-and-more\nNothing here.`;
  await system.call(importTemplate, { file: templateFile(id, { 'AGENTS.md': text }) });
  const preset = { name: name(), template: id, runtime: 'process' as const, model: null, settings: {} };
  await system.call(importPreset, {
    file: { format: 'aether.preset', version: 1, preset, template: null, toGiveAgain: [] },
  });
  const files = [
    await system.call(exportTemplate, { id }),
    await system.call(exportPreset, { id: preset.name }),
  ];
  for (const file of files) {
    expect(JSON.stringify(file)).not.toMatch(/hunter2|a1b2/);
    expect(file.toGiveAgain).toEqual(['AGENTS.md, line 1', 'GITHUB_TOKEN (AGENTS.md, line 2)']);
    expect(file.template?.files['AGENTS.md']).toContain('Nothing here.');
  }
});

const hostile: [string, (file: TemplateFile) => unknown][] = [
  ['a path out of the workspace', (file) => withFiles(file, { '../../.ssh/authorized_keys': 'x' })],
  ['an absolute path', (file) => withFiles(file, { '/etc/cron.d/x': 'x' })],
  ['a Windows path', (file) => withFiles(file, { '..\\X.md': 'x' })],
  ['a folder', (file) => withFiles(file, { 'A/B.md': 'x' })],
  ['a hidden file', (file) => withFiles(file, { '.env': 'x' })],
  ['a path as its id', (file) => ({ ...file, template: { ...file.template, id: '../general' } })],
  ['a file that is too large', (file) => withFiles(file, { 'A.md': 'x'.repeat(65_537) })],
  [
    'too many files',
    (file) => withFiles(file, Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`A${n}.md`, '']))),
  ],
  ['fields nobody knows', (file) => ({ ...file, template: { ...file.template, postInstall: 'rm -rf /' } })],
  ['another format', (file) => ({ ...file, format: 'other' })],
];
const withFiles = (file: TemplateFile, files: Record<string, string>) => ({
  ...file,
  template: { ...file.template, files },
});

test.each(hostile)('an import with %s is refused', async (_what, change) => {
  const file = change(templateFile(name())) as TemplateFile;
  await expect(system.call(importTemplate, { file })).rejects.toMatchObject({ code: 'invalid_input' });
});

test('a viewer sees presets and templates, and changes nothing', async () => {
  const viewer = as('viewer');
  await system.call(listPresets, {}, viewer);
  const refused = { code: 'forbidden' };
  const file = templateFile(name());
  await expect(system.call(importTemplate, { file }, viewer)).rejects.toMatchObject(refused);
  await expect(system.call(savePreset, { name: name(), deployment: name() }, viewer)).rejects.toMatchObject(
    refused,
  );
  await expect(
    system.call(createDeployments, { name: name(), template: 'general' }, viewer),
  ).rejects.toMatchObject(refused);
  await expect(
    system.call(operateDeployments, { operation: 'delete', ids: [name()] }, viewer),
  ).rejects.toMatchObject(refused);
});
