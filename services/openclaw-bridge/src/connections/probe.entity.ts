import type { ProbeReport } from '@aether/contracts/openclaw';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('probe')
@Index('IDX_probe_connection', ['connectionId', 'id'])
export class ProbeRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'connection_id' })
  connectionId: string;

  @Column('jsonb')
  report: ProbeReport;
}
