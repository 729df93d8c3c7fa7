import { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { ContractFailure } from '@aether/contracts/failure';
import { remotesRequests, type GitRemote, type GitRemoteKind } from '@aether/contracts/remotes';
import { personOf, requirePermission } from '@aether/messaging/access';
import { serviceContext } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Database, type Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Outbound } from '@aether/runtime/outbound';
import { Inject, Injectable } from '@nestjs/common';
import type { OrchestratorConfig } from '../config.js';
import { CLOCK, CONFIG } from '../tokens.js';
import { GitRemoteRow } from './git-remote.entity.js';
import { GitRemoteRepository } from './git-remote.repository.js';

type Requests = typeof remotesRequests;

const PURPOSE = 'git remote';

/** The accounts at git servers; tokens live in the vault and are never told. */
@Injectable()
export class ManageRemotes {
  private readonly outbound: Outbound;

  constructor(
    private readonly database: Database,
    private readonly remotes: GitRemoteRepository,
    private readonly messaging: Messaging,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: OrchestratorConfig,
  ) {
    this.outbound = new Outbound(config.OUTBOUND_ALLOWED_RANGES);
  }

  async list(query: InputOf<Requests['listGitRemotes']>) {
    const page = await this.remotes.list(query);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  async get(id: string, context: Refusing<'git_remote_not_found'>): Promise<GitRemote> {
    return (await this.found(id, context)).reply();
  }

  async create(
    { token, ...input }: InputOf<Requests['createGitRemote']>,
    context: RequestContext<Requests['createGitRemote']>,
  ): Promise<GitRemote> {
    requirePermission(context, 'settings:write');
    const urlPrefix = new URL(input.urlPrefix).href;
    const apiUrl = apiUrlOf(input.kind, urlPrefix, input.apiUrl);
    await this.checkAddresses([urlPrefix, apiUrl], context);
    const secretId = await this.keep(input.name, token);
    const now = this.clock.now();
    const row = Object.assign(new GitRemoteRow(), {
      ...input,
      id: newId(),
      urlPrefix,
      apiUrl,
      secretId,
      createdBy: personOf(context.actor),
      createdAt: now,
      updatedAt: now,
    });
    const contract = remotesRequests.createGitRemote;
    // No digest of the token is kept for repeats, which a short one could be guessed from.
    const call = { contract, input: { ...input, token: 'kept in the vault' }, context };
    return this.unlessRefused(secretId, async () => {
      const reply = await this.database.once(call, (tx) => this.save(tx, row, context));
      if (reply.id !== row.id) await this.drop(secretId);
      return reply;
    });
  }

  async update(
    { id, token, ...change }: InputOf<Requests['updateGitRemote']>,
    context: RequestContext<Requests['updateGitRemote']>,
  ): Promise<GitRemote> {
    requirePermission(context, 'settings:write');
    const row = await this.found(id, context);
    const before = { urlPrefix: row.urlPrefix, apiUrl: row.apiUrl };
    const { apiUrl, ...own } = change;
    Object.assign(row, own, { updatedAt: this.clock.now() });
    row.urlPrefix = new URL(row.urlPrefix).href;
    if (apiUrl !== undefined || change.kind !== undefined || change.urlPrefix !== undefined)
      row.apiUrl = apiUrlOf(row.kind, row.urlPrefix, apiUrl);
    const leadsElsewhere =
      row.urlPrefix !== before.urlPrefix || (row.apiUrl !== null && row.apiUrl !== before.apiUrl);
    if (leadsElsewhere && token === undefined) throw context.fail('token_needed');
    await this.checkAddresses([row.urlPrefix, row.apiUrl], context);
    const old = row.secretId;
    const save = () => this.database.transaction(context, (tx) => this.save(tx, row, context));
    if (token === undefined) return save();
    row.secretId = await this.keep(row.name, token);
    const reply = await this.unlessRefused(row.secretId, save);
    await this.drop(old);
    return reply;
  }

  async remove(
    { id }: { id: string },
    context: RequestContext<Requests['deleteGitRemote']>,
  ): Promise<OutputOf<Requests['deleteGitRemote']>> {
    requirePermission(context, 'settings:write');
    const row = await this.found(id, context);
    await this.drop(row.secretId);
    await this.database.transaction(context, ({ manager }) => this.remotes.remove(manager, id));
    return {};
  }

  private async save(
    tx: Transaction,
    row: GitRemoteRow,
    context: Refusing<'git_remote_taken'>,
  ): Promise<GitRemote> {
    if (await this.remotes.isTaken(tx.manager, row)) throw context.fail('git_remote_taken');
    await this.remotes.save(tx.manager, row);
    return row.reply();
  }

  /** No token stays in the vault that nothing refers to. */
  private async unlessRefused<T>(secretId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.drop(secretId);
      throw error;
    }
  }

  private async found(id: string, context: Refusing<'git_remote_not_found'>): Promise<GitRemoteRow> {
    const row = await this.remotes.find(id);
    if (!row) throw context.fail('git_remote_not_found');
    return row;
  }

  private async checkAddresses(
    addresses: readonly (string | null)[],
    context: Refusing<'address_refused'>,
  ): Promise<void> {
    for (const address of addresses) {
      if (address === null) continue;
      try {
        await this.outbound.check(address);
      } catch (cause) {
        throw context.fail('address_refused', { detail: messageOf(cause), cause });
      }
    }
  }

  private async keep(remote: string, value: string): Promise<string> {
    const input = { name: `token of the git remote ${remote}`, value, purpose: PURPOSE };
    return (await this.messaging.call(authRequests.storeSecret, input, serviceContext('orchestrator'))).id;
  }

  /** Gone already is as good. */
  private async drop(id: string): Promise<void> {
    try {
      await this.messaging.call(authRequests.deleteSecret, { id }, serviceContext('orchestrator'));
    } catch (error) {
      if (!(error instanceof ContractFailure) || error.code !== 'secret_not_found') throw error;
    }
  }
}

/** The usual address of the kind where none is given. */
function apiUrlOf(kind: GitRemoteKind, urlPrefix: string, given: string | undefined): string | null {
  if (kind === 'plain') return null;
  if (given !== undefined) return given.replace(/\/+$/, '');
  const { origin, host } = new URL(urlPrefix);
  if (kind === 'gitea') return `${origin}/api/v1`;
  return host === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
