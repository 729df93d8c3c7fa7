import type { TemplateContent } from '@aether/contracts/templates';
import { Not, type EntityManager } from 'typeorm';
import { Deployment } from '../deployment.entity.js';
import { StoredPreset } from '../presets/preset.entity.js';
import { StoredTemplate } from './template.entity.js';

export async function listImported(manager: EntityManager): Promise<TemplateContent[]> {
  const rows = await manager.find(StoredTemplate, { order: { id: 'ASC' } });
  return rows.map(({ content }) => content);
}

export async function findImported(manager: EntityManager, id: string): Promise<TemplateContent | null> {
  return (await manager.findOneBy(StoredTemplate, { id }))?.content ?? null;
}

/** As `findImported`, and keeps it from being removed until the transaction ends. */
export async function holdImported(manager: EntityManager, id: string): Promise<TemplateContent | null> {
  const held = await manager.findOne(StoredTemplate, { where: { id }, lock: { mode: 'pessimistic_read' } });
  return held?.content ?? null;
}

/** Holds, until the transaction ends, everybody else who is about to add a template. */
export async function lockImports(manager: EntityManager): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtext('deployer.templates'))`);
}

export async function insertTemplate(
  manager: EntityManager,
  fields: Pick<StoredTemplate, 'content' | 'createdBy' | 'createdAt'>,
): Promise<void> {
  const { id } = fields.content;
  await manager.insert(StoredTemplate, Object.assign(new StoredTemplate(), { ...fields, id }));
}

/** Names of what uses an imported template, held so that nothing more can; null where there is none. */
export async function lockUsersOf(manager: EntityManager, id: string): Promise<string[] | null> {
  const held = await manager.findOne(StoredTemplate, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!held) return null;
  const deployments = await manager.findBy(Deployment, { template: id, state: Not('deleted') });
  const presets = await manager.findBy(StoredPreset, { template: id });
  return [...deployments, ...presets].map(({ name }) => name);
}

export async function deleteTemplate(manager: EntityManager, id: string): Promise<void> {
  await manager.delete(StoredTemplate, { id });
}
