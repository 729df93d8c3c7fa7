import { pageById, type PageBounds } from '@aether/persistence/paging';
import type { EntityManager } from 'typeorm';
import { validate } from 'uuid';
import { StoredPreset } from './preset.entity.js';

/** By id or by name. */
export async function findPreset(manager: EntityManager, ref: string): Promise<StoredPreset | null> {
  return manager.findOneBy(StoredPreset, validate(ref) ? { id: ref } : { name: ref });
}

export async function pagePresets(manager: EntityManager, bounds: PageBounds) {
  return pageById(manager.createQueryBuilder(StoredPreset, 'preset'), bounds);
}

/** Holds, until the transaction ends, everybody else who names or removes a preset. */
export async function lockPresets(manager: EntityManager): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtext('deployer.presets'))`);
}

export async function savePreset(manager: EntityManager, preset: StoredPreset): Promise<void> {
  await manager.save(preset);
}

export async function deletePreset(manager: EntityManager, id: string): Promise<void> {
  await manager.delete(StoredPreset, { id });
}
