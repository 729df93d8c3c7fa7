import { serviceContext } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { keepFirstCheck } from './master-key-check.repository.js';
import { Vault, VaultError } from './vault.js';

const ID = 'master-key-check';

/** Stops the boot before anything is sealed with a key that opens nothing else. */
@Injectable()
export class CheckMasterKey {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  async execute(): Promise<void> {
    const kept = await this.database.transaction(serviceContext('auth'), ({ manager }) =>
      keepFirstCheck(manager, ID, this.vault.seal(ID, ID)),
    );
    try {
      this.vault.open(ID, kept);
    } catch (cause) {
      if (!(cause instanceof VaultError)) throw cause;
      throw new Error(
        'The master key does not open this vault: the database was sealed with another one. Start with the key it was made with (MASTER_KEY or MASTER_KEY_FILE), or name that one as MASTER_KEY_PREVIOUS beside the new one; without it the stored secrets cannot be read.',
        { cause },
      );
    }
  }
}
