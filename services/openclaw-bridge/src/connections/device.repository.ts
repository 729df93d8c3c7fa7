import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { DeviceRow } from './device.entity.js';

@Injectable()
export class DeviceRepository {
  constructor(private readonly database: Database) {}

  async find(deploymentId: string): Promise<DeviceRow | null> {
    return this.database.read((manager) => manager.findOneBy(DeviceRow, { deploymentId }));
  }

  /** The one that is there where somebody else was first. */
  async add(device: DeviceRow): Promise<DeviceRow> {
    return this.database.read(async (manager) => {
      await manager.createQueryBuilder().insert().into(DeviceRow).values(device).orIgnore().execute();
      return manager.findOneByOrFail(DeviceRow, { deploymentId: device.deploymentId });
    });
  }

  async replace(device: DeviceRow): Promise<void> {
    await this.database.read((manager) => manager.upsert(DeviceRow, device, ['deploymentId']));
  }

  async remove(deploymentId: string): Promise<void> {
    await this.database.read((manager) => manager.delete(DeviceRow, { deploymentId }));
  }
}
