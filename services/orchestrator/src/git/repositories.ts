import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { Outbound, OutboundRefused } from '@aether/runtime/outbound';
import { Inject, Injectable } from '@nestjs/common';
import type { OrchestratorConfig } from '../config.js';
import { CONFIG } from '../tokens.js';
import { gitAt } from './git.js';
import { Repository, RepositoryError } from './repository.js';
import { Turnstile } from './turnstile.js';

/** `git@host:path`, as git itself understands it. */
const SCP = /^[\w.-]+@([\w.-]+):[^\s]+$/;
const FETCH = '+refs/heads/*:refs/remotes/origin/*';

/** Finds the repository a mission names: a directory of this machine, or an address that is cloned once. */
@Injectable()
export class Repositories {
  private readonly outbound: Outbound;
  private readonly root: string;
  /** Git's own, so that nobody's settings or credentials decide what it does. */
  readonly home: string;

  constructor(
    @Inject(CONFIG) private readonly config: OrchestratorConfig,
    private readonly turnstile: Turnstile,
  ) {
    this.outbound = new Outbound(config.OUTBOUND_ALLOWED_RANGES);
    this.root = resolve(config.DATA_DIR, 'repositories');
    this.home = resolve(config.DATA_DIR, 'git-home');
  }

  /** Throws `RepositoryError`. With `refresh` an address is fetched again. */
  async open(source: string, { refresh = false } = {}): Promise<Repository> {
    await mkdir(this.home, { recursive: true });
    return isAbsolute(source) ? this.local(source) : this.cloned(source, refresh);
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
    const directory = join(
      this.root,
      `${createHash('sha256').update(address).digest('hex').slice(0, 24)}.git`,
    );
    return this.turnstile.pass(`clone:${directory}`, async () => {
      try {
        if (!(await stat(directory).catch(() => null))) await this.clone(address, directory);
        else if (refresh) await gitAt(directory, this.home).raw('fetch', '--quiet', '--prune', 'origin');
      } catch (error) {
        throw new RepositoryError(
          'repository_unreachable',
          `${address} cannot be cloned: ${lastLine(error)}`,
          'Check the address, and that this machine may read it without being asked for a password.',
          { cause: error },
        );
      }
      return new Repository(directory, this.home);
    });
  }

  /** Beside its place and moved there when whole, so that a crash leaves no half of one. */
  private async clone(address: string, directory: string): Promise<void> {
    const partial = `${directory}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(this.root, { recursive: true });
    await gitAt(this.root, this.home).raw('clone', '--quiet', '--bare', '--', address, partial);
    const git = gitAt(partial, this.home);
    await git.raw('config', 'remote.origin.fetch', FETCH);
    await git.raw('fetch', '--quiet', 'origin');
    await rename(partial, directory);
  }

  private async checkAddress(address: string): Promise<void> {
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

function lastLine(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  return lines.at(-1) ?? '';
}
