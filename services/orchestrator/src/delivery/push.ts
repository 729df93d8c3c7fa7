import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { OrchestratorConfig } from '../config.js';
import { gitAt, gitWith } from '../git/git.js';
import { lastLine, Repositories } from '../git/repositories.js';
import { RepositoryError, type Repository } from '../git/repository.js';
import { Remotes, type Account } from '../remotes/remotes.js';
import { CONFIG } from '../tokens.js';

/** A branch that is to be brought to where its repository comes from. */
export interface Order {
  /** As the mission names it. */
  readonly source: string;
  readonly repository: Repository;
  readonly branch: string;
  readonly commit: string;
}

/** Where a branch was pushed to, and with which account. */
export interface Pushed {
  readonly address: string;
  readonly account: Account;
}

const REFUSED = /could not read Username|Authentication failed|returned error: 40[13]|HTTP 40[13]/;
const OVERTAKEN = /non-fast-forward|fetch first|\[rejected\]/;

/** Pushes a mission's branch with the token of the remote that its address belongs to. */
@Injectable()
export class Push {
  private readonly root: string;

  constructor(
    @Inject(CONFIG) config: OrchestratorConfig,
    private readonly repositories: Repositories,
    private readonly remotes: Remotes,
  ) {
    this.root = resolve(config.DATA_DIR, 'deliveries');
  }

  /** Done before, it changes nothing. Throws `RepositoryError`. */
  async run(order: Order): Promise<Pushed> {
    const address = await this.addressOf(order);
    const account = await this.remotes.accountFor(address);
    if (!account)
      throw new RepositoryError(
        'remote_missing',
        `No remote is configured for ${address}.`,
        'Have one added with `aether remote add`, then deliver the mission again.',
      );
    await this.repositories.checkAddress(address);
    await mkdir(this.root, { recursive: true });
    const outbox = await mkdtemp(join(this.root, 'push-'));
    try {
      await this.push(outbox, order, { address, account });
    } catch (error) {
      throw told(error, { address, account });
    } finally {
      await rm(outbox, { recursive: true, force: true });
    }
    return { address, account };
  }

  /** A repository of this machine is pushed to where its owner has it from. */
  private async addressOf({ source, repository }: Order): Promise<string> {
    if (!isAbsolute(source)) return source;
    const told = await gitAt(repository.directory, this.repositories.home)
      .raw('config', '--get', 'remote.origin.url')
      .catch(() => '');
    if (told.trim()) return told.trim();
    throw new RepositoryError(
      'origin_missing',
      `The repository ${source} has no remote "origin".`,
      'Add it with `git remote add origin <address>`, then deliver the mission again.',
    );
  }

  /** From a repository of its own: the settings of the other, which agents can write to, would be told the token. */
  private async push(
    outbox: string,
    { repository, branch, commit }: Order,
    { address, account }: Pushed,
  ): Promise<void> {
    const git = gitWith(outbox, this.repositories.home, account.settings);
    await git.raw('init', '--quiet', '--bare');
    await writeFile(join(outbox, 'objects/info/alternates'), `${join(repository.directory, 'objects')}\n`);
    await git.raw('push', '--quiet', '--', address, `${commit}:refs/heads/${branch}`);
  }
}

function told(error: unknown, { address, account }: Pushed): RepositoryError {
  const said = error instanceof Error ? error.message : String(error);
  const { name } = account.remote;
  if (REFUSED.test(said))
    return new RepositoryError(
      'token_refused',
      `${address} refused the token of the remote "${name}".`,
      'Give the remote a token that may write to this repository, then deliver the mission again.',
      { cause: error },
    );
  if (OVERTAKEN.test(said))
    return new RepositoryError(
      'branch_overtaken',
      `Somebody else has pushed to the mission's branch at ${address}.`,
      'Remove or merge that branch there, then deliver the mission again.',
      { cause: error },
    );
  return new RepositoryError(
    'push_failed',
    `The branch could not be pushed to ${address}: ${lastLine(error)}`,
    'Mend what it says, then deliver the mission again.',
    { cause: error },
  );
}
