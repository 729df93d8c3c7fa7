import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

/** A text under a data key of its own, and that key under a master key. */
export interface Sealed {
  readonly wrappedKey: Buffer;
  readonly ciphertext: Buffer;
  /** Which master key; null for what was sealed before there could be two. */
  readonly masterKeyId: string | null;
}

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

function encrypt(key: KeyObject, plain: Buffer, aad: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(aad));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: KeyObject, sealed: Buffer, aad: string): Buffer {
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(aad)).setAuthTag(sealed.subarray(tagAt));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, tagAt)), decipher.final()]);
}

/** A master key and a name for it that tells nothing about it. */
class MasterKey {
  readonly id: string;
  readonly key: KeyObject;

  constructor(bytes: Buffer) {
    this.key = createSecretKey(bytes);
    this.id = createHmac('sha256', this.key).update('master-key-id').digest('hex').slice(0, 16);
  }
}

export class VaultError extends Error {
  override readonly name = 'VaultError';
}

/**
 * Envelope encryption. What was sealed for one id does not open for another. A previous master key opens what it
 * sealed, and seals nothing.
 */
export class Vault {
  private readonly present: MasterKey;
  private readonly previous: MasterKey | null;

  constructor(masterKey: Buffer, previousMasterKey?: Buffer) {
    this.present = new MasterKey(masterKey);
    this.previous = previousMasterKey ? new MasterKey(previousMasterKey) : null;
  }

  get masterKeyId(): string {
    return this.present.id;
  }

  get previousMasterKeyId(): string | null {
    return this.previous?.id ?? null;
  }

  seal(id: string, text: string): Sealed {
    const bytes = randomBytes(KEY_BYTES);
    return {
      wrappedKey: encrypt(this.present.key, bytes, `data-key:${id}`),
      ciphertext: encrypt(createSecretKey(bytes), Buffer.from(text), `value:${id}`),
      masterKeyId: this.present.id,
    };
  }

  /** Throws `VaultError` for another master key, another id, and anything changed since it was sealed. */
  open(id: string, sealed: Sealed): string {
    const dataKey = createSecretKey(this.unwrap(id, sealed));
    try {
      return decrypt(dataKey, sealed.ciphertext, `value:${id}`).toString();
    } catch (cause) {
      throw doesNotOpen(id, cause);
    }
  }

  /** The same under the present master key; the text itself is not touched. Throws as `open` does. */
  rewrap(id: string, sealed: Sealed): Sealed {
    const wrappedKey = encrypt(this.present.key, this.unwrap(id, sealed), `data-key:${id}`);
    return { wrappedKey, ciphertext: sealed.ciphertext, masterKeyId: this.present.id };
  }

  /** Tells equal texts from different ones where the text, or a hash anybody could guess from, must not be kept. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.present.key).update(`fingerprint:${text}`).digest('base64url');
  }

  private unwrap(id: string, { wrappedKey, masterKeyId }: Sealed): Buffer {
    const known = [this.present, ...(this.previous ? [this.previous] : [])];
    const candidates = known.filter((key) => masterKeyId === null || key.id === masterKeyId);
    let cause: unknown = new Error(`it was sealed with the master key ${masterKeyId ?? '?'}`);
    for (const { key } of candidates)
      try {
        return decrypt(key, wrappedKey, `data-key:${id}`);
      } catch (error) {
        cause = error;
      }
    throw doesNotOpen(id, cause);
  }
}

function doesNotOpen(id: string, cause: unknown): VaultError {
  return new VaultError(`"${id}" does not open: it was sealed with another master key, or changed since`, {
    cause,
  });
}
