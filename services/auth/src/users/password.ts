import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import PQueue from 'p-queue';

export interface HashParameters {
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** The least that OWASP's password storage guide advises for argon2id. */
export const currentParameters: HashParameters = { memoryKib: 19_456, passes: 2, parallelism: 1 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const VERSION = 19;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

const derive = promisify((parameters: Argon2Parameters, done: (error: Error | null, key: Buffer) => void) =>
  argon2('argon2id', parameters, done),
);

function deriveKey(password: string, salt: Buffer, { memoryKib, passes, parallelism }: HashParameters) {
  return derive({
    // One password typed on two keyboards may come as different code points.
    message: password.normalize('NFKC'),
    nonce: salt,
    memory: memoryKib,
    passes,
    parallelism,
    tagLength: HASH_BYTES,
  });
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');

interface ParsedHash {
  readonly parameters: HashParameters;
  readonly salt: Buffer;
  readonly key: Buffer;
}

function parseHash(phc: string): ParsedHash {
  const [, memoryKib, passes, parallelism, salt = '', key = ''] = PHC.exec(phc) ?? [];
  if (!key) throw new Error('a stored password hash is not in the argon2id PHC form');
  return {
    parameters: { memoryKib: Number(memoryKib), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  };
}

/** A hash nobody's password has, with today's cost: unknown accounts take as long as known ones. */
const nobody: ParsedHash = {
  parameters: currentParameters,
  salt: Buffer.alloc(SALT_BYTES),
  key: Buffer.alloc(HASH_BYTES),
};

/** argon2id in PHC form, a bounded number at once, so that a flood of sign-ins cannot eat the memory. */
export class PasswordHasher {
  private readonly queue: PQueue;

  constructor(concurrency: number) {
    this.queue = new PQueue({ concurrency });
  }

  async hash(password: string, parameters = currentParameters): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const key = await this.queue.add(() => deriveKey(password, salt, parameters));
    const { memoryKib, passes, parallelism } = parameters;
    return `$argon2id$v=${VERSION}$m=${memoryKib},t=${passes},p=${parallelism}$${base64(salt)}$${base64(key)}`;
  }

  /** `phc` is null for an account that does not exist: the same work, and never a match. */
  async verify(password: string, phc: string | null): Promise<{ matches: boolean; outdated: boolean }> {
    const { parameters, salt, key } = phc === null ? nobody : parseHash(phc);
    const given = await this.queue.add(() => deriveKey(password, salt, parameters));
    const outdated = (Object.keys(currentParameters) as (keyof HashParameters)[]).some(
      (name) => parameters[name] !== currentParameters[name],
    );
    return { matches: timingSafeEqual(given, key) && phc !== null, outdated };
  }
}
