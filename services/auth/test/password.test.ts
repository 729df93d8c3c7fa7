import { describe, expect, it } from '@jest/globals';
import { PasswordHasher } from '../src/users/password.js';

const hasher = new PasswordHasher(2);

describe('password hashes', () => {
  it('keep their parameters beside them and a salt of their own', async () => {
    const [one, two] = await Promise.all([hasher.hash('password one'), hasher.hash('password one')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
  });

  it('match the password they were made of, and no other', async () => {
    const phc = await hasher.hash('password one');
    await expect(hasher.verify('password one', phc)).resolves.toEqual({ matches: true, outdated: false });
    await expect(hasher.verify('password two', phc)).resolves.toEqual({ matches: false, outdated: false });
  });

  it('take one password typed with composed and decomposed characters for the same', async () => {
    const phc = await hasher.hash('caf\u00e9 au lait long');
    await expect(hasher.verify('cafe\u0301 au lait long', phc)).resolves.toMatchObject({ matches: true });
  });

  it('never match for an account that does not exist', async () => {
    await expect(hasher.verify('', null)).resolves.toMatchObject({ matches: false });
  });

  it('are refused when they are not argon2id', async () => {
    await expect(hasher.verify('x', '$2b$12$abc')).rejects.toThrow('not in the argon2id PHC form');
  });
});
