import { authEvents, type authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import { serviceContext } from '@aether/messaging/context';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { CLOCK, type Clock } from '../clock.js';
import { Vault } from '../vault/vault.js';
import { SigningKey } from './signing-key.entity.js';
import {
  endSigningKeys,
  findSigningKey,
  insertSigningKey,
  listPublishedKeys,
  lockSigningKeys,
} from './signing-key.repository.js';

type Rotate = typeof authRequests.rotateSigningKeys;

export const SIGNATURE_ALGORITHM = 'EdDSA';
export const SIGNING_KEY_DAYS = Symbol('days that a signing key signs');

const DAY_MS = 24 * 3_600_000;
/** Longer than the last token lives, whatever the clocks of the readers say. */
const STAYS_MS = 3_600_000;
/** So long another instance may go on with a key that was rotated here. */
const FRESH_MS = 30_000;

interface ReadyKey {
  readonly kid: string;
  readonly signsUntil: Date;
  readonly loadedAt: Date;
  readonly privateKey: Awaited<ReturnType<typeof importJWK>>;
}

@Injectable()
export class SigningKeys {
  private ready: ReadyKey | null = null;

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SIGNING_KEY_DAYS) private readonly days: number,
  ) {}

  /** The key to sign with; made where there is none, by one instance for all. */
  async current(): Promise<ReadyKey> {
    const now = this.clock.now();
    const { ready } = this;
    if (ready && now < ready.signsUntil && now.getTime() - ready.loadedAt.getTime() < FRESH_MS) return ready;
    const key = await this.findOrMake();
    const privateKey = key.kid === ready?.kid ? ready.privateKey : await this.privateKeyOf(key);
    this.ready = { kid: key.kid, signsUntil: key.signsUntil, loadedAt: now, privateKey };
    return this.ready;
  }

  async publicKeys(): Promise<JWK[]> {
    const keys = await this.database.read((manager) => listPublishedKeys(manager, this.clock.now()));
    return keys.map(({ publicJwk }) => publicJwk);
  }

  async rotate({ withdraw }: InputOf<Rotate>, context: RequestContext<Rotate>): Promise<OutputOf<Rotate>> {
    requirePermission(context, 'system:write');
    const kid = await this.database.transaction(context, async (tx) => {
      await lockSigningKeys(tx.manager);
      const now = this.clock.now();
      await endSigningKeys(tx.manager, {
        now,
        expiresAt: withdraw ? now : new Date(now.getTime() + STAYS_MS),
      });
      const made = await this.make(now);
      await insertSigningKey(tx.manager, made);
      await tx.publish(authEvents.signingKeysRotated, { kid: made.kid, withdrawn: withdraw });
      return made.kid;
    });
    this.ready = null;
    return { kid, published: (await this.publicKeys()).length };
  }

  private async findOrMake(): Promise<SigningKey> {
    const now = this.clock.now();
    const present = await this.database.read((manager) => findSigningKey(manager, now));
    if (present) return present;
    return this.database.transaction(serviceContext('auth'), async ({ manager, publish }) => {
      await lockSigningKeys(manager);
      const madeMeanwhile = await findSigningKey(manager, now);
      if (madeMeanwhile) return madeMeanwhile;
      const made = await this.make(now);
      await insertSigningKey(manager, made);
      await publish(authEvents.signingKeysRotated, { kid: made.kid, withdrawn: false });
      return made;
    });
  }

  private async privateKeyOf({ kid, sealed }: SigningKey): Promise<ReadyKey['privateKey']> {
    const jwk = JSON.parse(this.vault.open(signingKeyVaultId(kid), sealed)) as JWK;
    return importJWK(jwk, SIGNATURE_ALGORITHM);
  }

  private async make(now: Date): Promise<SigningKey> {
    const { publicKey, privateKey } = await generateKeyPair(SIGNATURE_ALGORITHM, { extractable: true });
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const signsUntil = new Date(now.getTime() + this.days * DAY_MS);
    return Object.assign(new SigningKey(), {
      kid,
      // `alg` and `use` keep a reader from accepting the key for anything else.
      publicJwk: { ...jwk, kid, alg: SIGNATURE_ALGORITHM, use: 'sig' },
      sealed: this.vault.seal(signingKeyVaultId(kid), JSON.stringify(await exportJWK(privateKey))),
      signsUntil,
      expiresAt: new Date(signsUntil.getTime() + STAYS_MS),
    });
  }
}

export const signingKeyVaultId = (kid: string) => `signing-key:${kid}`;
