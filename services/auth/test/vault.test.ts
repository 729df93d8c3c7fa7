import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Vault, type Sealed } from '../src/vault/vault.js';

const key = randomBytes(32);
const vault = new Vault(key);
const flip = (bytes: Buffer, at: number) => {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
};

describe('the vault', () => {
  it.each(['', 'text', '\u{1f511} \u0000 end', 'x'.repeat(100_000)])('opens what it sealed', (text) => {
    expect(vault.open('id', vault.seal('id', text))).toBe(text);
  });

  it('uses a new data key and a new nonce each time', () => {
    const [one, two] = [vault.seal('id', 'same'), vault.seal('id', 'same')];
    expect(one.ciphertext.equals(two.ciphertext)).toBe(false);
    expect(one.wrappedKey.equals(two.wrappedKey)).toBe(false);
  });

  it('opens nothing with a single bit changed, at any byte', () => {
    const sealed = vault.seal('id', 'secret');
    const changed: Sealed[] = [
      ...[...sealed.ciphertext.keys()].map((at) => ({ ...sealed, ciphertext: flip(sealed.ciphertext, at) })),
      ...[...sealed.wrappedKey.keys()].map((at) => ({ ...sealed, wrappedKey: flip(sealed.wrappedKey, at) })),
    ];
    for (const each of changed) expect(() => vault.open('id', each)).toThrow('does not open');
  });

  it('opens nothing that was cut short', () => {
    const sealed = vault.seal('id', 'secret');
    for (let length = 0; length < sealed.ciphertext.length; length += 1)
      expect(() =>
        vault.open('id', { ...sealed, ciphertext: sealed.ciphertext.subarray(0, length) }),
      ).toThrow('does not open');
  });

  it('opens nothing under another id or another master key', () => {
    const sealed = vault.seal('id', 'secret');
    expect(() => vault.open('other', sealed)).toThrow('does not open');
    expect(() => new Vault(randomBytes(32)).open('id', sealed)).toThrow('does not open');
  });

  it('shows its master key to no log', () => {
    expect(inspect(vault, { depth: 9, showHidden: true })).not.toContain(key.toString('hex').slice(0, 8));
    expect(JSON.parse(JSON.stringify(vault))).toEqual({
      present: { key: {}, id: vault.masterKeyId },
      previous: null,
    });
  });

  it('gives equal texts equal fingerprints, other vaults other ones', () => {
    expect(vault.fingerprint('a')).toBe(vault.fingerprint('a'));
    expect(vault.fingerprint('a')).not.toBe(vault.fingerprint('b'));
    expect(vault.fingerprint('a')).not.toBe(new Vault(randomBytes(32)).fingerprint('a'));
  });
});
