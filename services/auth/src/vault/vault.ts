import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

/** A text under a data key of its own, and that key under the master key. */
export interface Sealed {
  readonly wrappedKey: Buffer;
  readonly ciphertext: Buffer;
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

export class VaultError extends Error {
  override readonly name = 'VaultError';
}

/** Envelope encryption. What was sealed for one id does not open for another. */
export class Vault {
  private readonly masterKey: KeyObject;

  constructor(masterKey: Buffer) {
    this.masterKey = createSecretKey(masterKey);
  }

  seal(id: string, text: string): Sealed {
    const bytes = randomBytes(KEY_BYTES);
    return {
      wrappedKey: encrypt(this.masterKey, bytes, `data-key:${id}`),
      ciphertext: encrypt(createSecretKey(bytes), Buffer.from(text), `value:${id}`),
    };
  }

  /** Throws `VaultError` for another master key, another id, and anything changed since it was sealed. */
  open(id: string, { wrappedKey, ciphertext }: Sealed): string {
    try {
      const dataKey = createSecretKey(decrypt(this.masterKey, wrappedKey, `data-key:${id}`));
      return decrypt(dataKey, ciphertext, `value:${id}`).toString();
    } catch (cause) {
      throw new VaultError(`"${id}" does not open: it was sealed with another master key, or changed since`, {
        cause,
      });
    }
  }

  /** Tells equal texts from different ones where the text, or a hash anybody could guess from, must not be kept. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.masterKey).update(`fingerprint:${text}`).digest('base64url');
  }
}
