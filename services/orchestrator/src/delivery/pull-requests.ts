import { Outbound } from '@aether/runtime/outbound';
import { Inject, Injectable } from '@nestjs/common';
import { Agent, request } from 'undici';
import { z } from 'zod';
import type { OrchestratorConfig } from '../config.js';
import { RepositoryError } from '../git/repository.js';
import type { Account } from '../remotes/remotes.js';
import { CONFIG } from '../tokens.js';
import type { Pushed } from './push.js';

/** What a pull request is about; `base` is the default branch there where it is null. */
export interface Proposal {
  readonly branch: string;
  readonly base: string | null;
  readonly title: string;
  readonly body: string;
}

const TIMEOUT_MS = 30_000;
/** GitHub's bound is 65,536 characters. */
const BODY_MAX = 60_000;
const MESSAGE_MAX = 500;

const Pull = z.object({ html_url: z.string().max(2_000), head: z.object({ ref: z.string() }) });
const Repository = z.object({ default_branch: z.string() });

/** Pull requests by the API that GitHub and Gitea agree on. */
@Injectable()
export class PullRequests {
  private readonly outbound: Outbound;
  private readonly agent: Agent;

  constructor(@Inject(CONFIG) config: OrchestratorConfig) {
    this.outbound = new Outbound(config.OUTBOUND_ALLOWED_RANGES);
    this.agent = new Agent({ connect: { lookup: this.outbound.lookup } });
  }

  /** The address of the branch's pull request, which is made unless there is one. Throws `RepositoryError`. */
  async propose({ address, account }: Pushed, proposal: Proposal): Promise<string> {
    const { apiUrl, name } = account.remote;
    if (apiUrl === null)
      throw new RepositoryError(
        'no_pull_requests',
        `The branch was pushed, but the remote "${name}" is of the kind plain, which has no pull requests.`,
        'Open the pull request by hand, or change the kind of the remote and deliver the mission again.',
      );
    const api = new RepositoryApi(account, `${apiUrl}/repos/${pathOf(address)}`, this.agent);
    await this.outbound.check(apiUrl).catch((cause: unknown) => {
      throw failed(account, cause instanceof Error ? cause.message : String(cause));
    });
    const present = await this.find(api, proposal.branch);
    if (present) return present;
    const base = proposal.base ?? Repository.parse(await api.ask('GET', '')).default_branch;
    try {
      const made = await api.ask('POST', '/pulls', {
        title: proposal.title,
        body: proposal.body.slice(0, BODY_MAX),
        head: proposal.branch,
        base,
      });
      return Pull.parse(made).html_url;
    } catch (error) {
      // Somebody may have been quicker, and not every server lists all that there are.
      const quicker = await this.find(api, proposal.branch);
      if (quicker) return quicker;
      throw error;
    }
  }

  private async find(api: RepositoryApi, branch: string): Promise<string | null> {
    const [owner = ''] = api.repository.split('/');
    const query = new URLSearchParams({ state: 'all', head: `${owner}:${branch}`, limit: '50' });
    const pulls = z.array(Pull).parse(await api.ask('GET', `/pulls?${query.toString()}`));
    return pulls.find(({ head }) => head.ref === branch)?.html_url ?? null;
  }
}

class RepositoryApi {
  /** `owner/name`. */
  readonly repository: string;

  constructor(
    private readonly account: Account,
    private readonly url: string,
    private readonly agent: Agent,
  ) {
    this.repository = url.split('/').slice(-2).join('/');
  }

  async ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    try {
      const answer = await request(`${this.url}${path}`, {
        method,
        dispatcher: this.agent,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${this.account.token}`,
          'user-agent': 'aether',
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300)
        throw failed(this.account, `HTTP ${answer.statusCode}: ${text.slice(0, MESSAGE_MAX)}`);
      return JSON.parse(text) as unknown;
    } catch (error) {
      if (error instanceof RepositoryError) throw error;
      throw failed(this.account, error instanceof Error ? error.message : String(error));
    }
  }
}

function failed({ remote }: Account, said: string): RepositoryError {
  return new RepositoryError(
    'pull_request_failed',
    `The branch was pushed, but the API of the remote "${remote.name}" (${remote.apiUrl ?? ''}) did not open a pull request: ${said}`,
    'Check its address and that the token may open pull requests, then deliver the mission again.',
  );
}

/** `owner/name` of a repository, as the API names it. */
function pathOf(address: string): string {
  const parts = new URL(address).pathname
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/');
  return parts.slice(-2).join('/');
}
