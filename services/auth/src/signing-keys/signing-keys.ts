import { serviceContext } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { CLOCK, type Clock } from '../clock.js';
import { Vault } from '../vault/vault.js';
import { SigningKey } from './signing-key.entity.js';
import {
  findSigningKey,
  insertSigningKey,
  listPublishedKeys,
  lockSigningKeys,
} from './signing-key.repository.js';

export const SIGNATURE_ALGORITHM = 'EdDSA';

const SIGNS_MS = 30 * 24 * 3_600_000;
/** Longer than the last token lives, whatever the clocks of the readers say. */
const STAYS_MS = 3_600_000;

interface ReadyKey {
  readonly kid: string;
  readonly signsUntil: Date;
  readonly privateKey: Awaited<ReturnType<typeof importJWK>>;
}

@Injectable()
export class SigningKeys {
  private ready: ReadyKey | null = null;

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The key to sign with; made where there is none, by one instance for all. */
  async current(): Promise<ReadyKey> {
    if (!this.ready || this.clock.now() >= this.ready.signsUntil) this.ready = await this.load();
    return this.ready;
  }

  async publicKeys(): Promise<JWK[]> {
    const keys = await this.database.read((manager) => listPublishedKeys(manager, this.clock.now()));
    return keys.map(({ publicJwk }) => publicJwk);
  }

  private async load(): Promise<ReadyKey> {
    const key = await this.database.transaction(serviceContext('auth'), async ({ manager }) => {
      await lockSigningKeys(manager);
      const now = this.clock.now();
      const present = await findSigningKey(manager, now);
      if (present) return present;
      const made = await this.make(now);
      await insertSigningKey(manager, made);
      return made;
    });
    const privateJwk = JSON.parse(this.vault.open(vaultId(key.kid), key.sealed)) as JWK;
    return {
      kid: key.kid,
      signsUntil: key.signsUntil,
      privateKey: await importJWK(privateJwk, SIGNATURE_ALGORITHM),
    };
  }

  private async make(now: Date): Promise<SigningKey> {
    const { publicKey, privateKey } = await generateKeyPair(SIGNATURE_ALGORITHM, { extractable: true });
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const signsUntil = new Date(now.getTime() + SIGNS_MS);
    return Object.assign(new SigningKey(), {
      kid,
      // `alg` and `use` keep a reader from accepting the key for anything else.
      publicJwk: { ...jwk, kid, alg: SIGNATURE_ALGORITHM, use: 'sig' },
      sealed: this.vault.seal(vaultId(kid), JSON.stringify(await exportJWK(privateKey))),
      signsUntil,
      expiresAt: new Date(signsUntil.getTime() + STAYS_MS),
    });
  }
}

const vaultId = (kid: string) => `signing-key:${kid}`;
