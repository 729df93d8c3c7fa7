import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The device as which the bridge is known to the gateway of a deployment; its key is in the vault. */
@Entity('device')
export class DeviceRow {
  @PrimaryColumn('uuid', { name: 'deployment_id', primaryKeyConstraintName: 'PK_device' })
  deploymentId: string;

  @Column('uuid', { name: 'key_secret_id' })
  keySecretId: string;
}
