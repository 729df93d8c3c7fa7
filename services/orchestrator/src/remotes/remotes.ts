import { authRequests } from '@aether/contracts/auth';
import { ContractFailure } from '@aether/contracts/failure';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import type { GitSettings } from '../git/git.js';
import { RepositoryError } from '../git/repository.js';
import type { GitRemoteRow } from './git-remote.entity.js';
import { GitRemoteRepository } from './git-remote.repository.js';

/** What lets Aether in at a git server. */
export interface Account {
  readonly remote: GitRemoteRow;
  readonly token: string;
  /** Has git send the token to addresses below the prefix, and nowhere else. */
  readonly settings: GitSettings;
}

/** Finds the account for an address; tokens are read when they are needed and never kept. */
@Injectable()
export class Remotes {
  constructor(
    private readonly remotes: GitRemoteRepository,
    private readonly messaging: Messaging,
  ) {}

  /** Null where no remote is configured for it. Throws `RepositoryError` where its token is gone. */
  async accountFor(address: string): Promise<Account | null> {
    if (!URL.canParse(address)) return null;
    const { href } = new URL(address);
    const [remote] = (await this.remotes.all())
      .filter(({ urlPrefix }) => href.startsWith(urlPrefix))
      .sort((one, other) => other.urlPrefix.length - one.urlPrefix.length);
    if (!remote) return null;
    const token = await this.reveal(remote);
    const basic = Buffer.from(`${remote.username}:${token}`).toString('base64');
    const settings = { [`http.${remote.urlPrefix}.extraHeader`]: `Authorization: Basic ${basic}` };
    return { remote, token, settings };
  }

  private async reveal({ name, secretId: id }: GitRemoteRow): Promise<string> {
    try {
      const input = { id, purpose: `git remote ${name}` };
      return (await this.messaging.call(authRequests.revealSecret, input, serviceContext('orchestrator')))
        .value;
    } catch (error) {
      if (!(error instanceof ContractFailure) || error.code !== 'secret_not_found') throw error;
      throw new RepositoryError(
        'token_gone',
        `The token of the remote "${name}" is not in the vault any more.`,
        'Give the remote a token again.',
        { cause: error },
      );
    }
  }
}
