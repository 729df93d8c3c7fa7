import { Column } from 'typeorm';
import type { Sealed } from './vault.js';

/** The columns of a sealed text, in any table. */
export class SealedColumns implements Sealed {
  @Column('bytea', { name: 'wrapped_key' })
  wrappedKey: Buffer;

  @Column('bytea')
  ciphertext: Buffer;

  @Column('text', { name: 'master_key_id', nullable: true })
  masterKeyId: string | null;
}
