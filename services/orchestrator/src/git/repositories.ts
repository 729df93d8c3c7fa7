import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { Outbound, OutboundRefused } from '@aether/runtime/outbound';
import { Inject, Injectable } from '@nestjs/common';
import type { OrchestratorConfig } from '../config.js';
import { Remotes } from '../remotes/remotes.js';
import { CONFIG } from '../tokens.js';
import { gitAt, gitWith, type GitSettings } from './git.js';
import { Repository, RepositoryError, type Branches } from './repository.js';
import { Turnstile } from './turnstile.js';

/** `git@host:path`, as git itself understands it. */
const SCP = /^[\w.-]+@([\w.-]+):[^\s]+$/;
/** For the programs git starts by itself, which are told nothing: to fetch from a copy is to run one there. */
const SETTINGS = '[safe]\n\tdirectory = *\n';
const FETCH = '+refs/heads/*:refs/remotes/origin/*';

/** Finds the repository a mission names: a directory of this machine, or an address that is cloned once. */
@Injectable()
export class Repositories {
  private readonly outbound: Outbound;
  /** Of the clones. */
  readonly root: string;
  /** Git's own, so that nobody's settings or credentials decide what it does. */
  readonly home: string;

  constructor(
    @Inject(CONFIG) private readonly config: OrchestratorConfig,
    private readonly turnstile: Turnstile,
    private readonly remotes: Remotes,
  ) {
    this.outbound = new Outbound(config.OUTBOUND_ALLOWED_RANGES);
    this.root = resolve(config.DATA_DIR, 'repositories');
    this.home = resolve(config.DATA_DIR, 'git-home');
  }

  /** Throws `RepositoryError`. With `refresh` an address is fetched again. */
  async open(source: string, { refresh = false } = {}): Promise<Repository> {
    await mkdir(this.home, { recursive: true });
    await writeFile(join(this.home, '.gitconfig'), SETTINGS);
    return isAbsolute(source) ? this.local(source) : this.cloned(source, refresh);
  }

  /** What an address has now, without cloning it. Throws `RepositoryError`. */
  async askBranches(address: string): Promise<Branches> {
    await this.checkAddress(address);
    await mkdir(this.home, { recursive: true });
    const settings = (await this.remotes.accountFor(address))?.settings ?? {};
    try {
      const git = gitWith(this.home, this.home, settings);
      const told = await git.raw('ls-remote', '--symref', '--', address, 'HEAD', 'refs/heads/*');
      const branches = [...told.matchAll(/\trefs\/heads\/(.+)$/gm)].map(([, name = '']) => name);
      const main = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(told)?.[1] ?? null;
      return { branches: branches.filter((name) => !name.startsWith('aether/')), defaultBranch: main };
    } catch (error) {
      throw unreachable(address, error);
    }
  }

  /** As it is on this machine, without asking anybody else; null where it is not there or may not be used. */
  async present(source: string): Promise<Repository | null> {
    try {
      if (isAbsolute(source)) return await this.open(source);
    } catch (error) {
      if (error instanceof RepositoryError) return null;
      throw error;
    }
    const directory = this.cloneOf(source);
    return (await isThere(directory)) ? new Repository(directory, this.home) : null;
  }

  /** Where an address is cloned to. */
  cloneOf(address: string): string {
    return join(this.root, `${createHash('sha256').update(address).digest('hex').slice(0, 24)}.git`);
  }

  /** All clones that are whole, with when they were used last. */
  async clones(): Promise<{ directory: string; usedAt: Date }[]> {
    const names = await readdir(this.root).catch(() => []);
    const found = await Promise.all(
      names
        .filter((name) => name.endsWith('.git'))
        .map(async (name) => {
          const directory = join(this.root, name);
          const state = await stat(directory).catch(() => null);
          return state ? [{ directory, usedAt: state.mtime }] : [];
        }),
    );
    return found.flat();
  }

  /** Removes a clone that is not used meanwhile; it is made again when it is needed. */
  async removeClone({ directory, usedAt }: { directory: string; usedAt: Date }): Promise<void> {
    await this.turnstile.pass(`clone:${directory}`, async () => {
      const state = await stat(directory).catch(() => null);
      if (state && state.mtime <= usedAt) await rm(directory, { recursive: true, force: true });
    });
  }

  private async local(path: string): Promise<Repository> {
    const { REPOSITORY_ROOTS: roots } = this.config;
    const allowed = roots.length === 0 || roots.some((root) => resolve(path).startsWith(`${resolve(root)}/`));
    if (!allowed)
      throw new RepositoryError(
        'repository_not_allowed',
        `${path} is outside the directories that missions may use.`,
        `Use a repository below ${roots.join(' or ')}, or have REPOSITORY_ROOTS changed.`,
      );
    if (!(await stat(path).catch(() => null))?.isDirectory())
      throw new RepositoryError('repository_missing', `There is no directory ${path}.`, 'Check the path.');
    try {
      const told = await gitAt(path, this.home).raw(
        'rev-parse',
        '--path-format=absolute',
        '--git-common-dir',
      );
      return new Repository(told.trim(), this.home);
    } catch (error) {
      throw new RepositoryError(
        'repository_missing',
        `${path} is not a git repository.`,
        'Run `git init` there and make a first commit, or check the path.',
        { cause: error },
      );
    }
  }

  private async cloned(address: string, refresh: boolean): Promise<Repository> {
    await this.checkAddress(address);
    const directory = this.cloneOf(address);
    return this.turnstile.pass(`clone:${directory}`, async () => {
      try {
        const isCloned = await isThere(directory);
        if (!isCloned || refresh) {
          const settings = (await this.remotes.accountFor(address))?.settings ?? {};
          if (!isCloned) await this.clone(address, directory, settings);
          else await gitWith(directory, this.home, settings).raw('fetch', '--quiet', '--prune', 'origin');
        }
        const now = new Date();
        await utimes(directory, now, now);
      } catch (error) {
        if (error instanceof RepositoryError) throw error;
        throw unreachable(address, error);
      }
      return new Repository(directory, this.home);
    });
  }

  /** Beside its place and moved there when whole, so that a crash leaves no half of one. */
  private async clone(address: string, directory: string, settings: GitSettings): Promise<void> {
    const partial = `${directory}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(this.root, { recursive: true });
    await gitWith(this.root, this.home, settings).raw('clone', '--quiet', '--bare', '--', address, partial);
    const git = gitWith(partial, this.home, settings);
    await git.raw('config', 'remote.origin.fetch', FETCH);
    await git.raw('fetch', '--quiet', 'origin');
    await rename(partial, directory);
  }

  /** Throws `RepositoryError` where Aether does not connect to an address. */
  async checkAddress(address: string): Promise<void> {
    const host = SCP.exec(address)?.[1];
    try {
      const url = new URL(host ? `ssh://${host}` : address);
      if (!['https:', 'http:', 'ssh:'].includes(url.protocol))
        throw new Error(`${url.protocol} is not allowed`);
      await this.outbound.check(url);
    } catch (error) {
      const remedy =
        error instanceof OutboundRefused
          ? error.remedy
          : 'Give an absolute path on this machine, or an address such as https://host/name.git.';
      throw new RepositoryError(
        'repository_address',
        `${address} cannot be used: ${lastLine(error)}`,
        remedy,
        {
          cause: error,
        },
      );
    }
  }
}

const unreachable = (address: string, cause: unknown) =>
  new RepositoryError(
    'repository_unreachable',
    `${address} cannot be cloned: ${lastLine(cause)}`,
    'Check the address. Where it is not public, have a remote with a token configured for it.',
    { cause },
  );

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** What git said at the end, which is where it says what is wrong. */
export function lastLine(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  return lines.at(-1) ?? '';
}
