import { authRequests } from '@aether/contracts/auth';
import { ContractFailure } from '@aether/contracts/failure';
import type { InputOf } from '@aether/contracts/contract';
import type { modelsRequests } from '@aether/contracts/models';
import { modelsEvents } from '@aether/contracts/models';
import type { ModelProvider } from '@aether/contracts/providers';
import { requirePermission } from '@aether/messaging/access';
import { serviceContext } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Database, type Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK } from '../tokens.js';
import { ModelCatalogue } from './model-catalogue.js';
import { ModelProviderRow } from './model-provider.entity.js';
import { ModelProviderRepository } from './model-provider.repository.js';
import { completed } from './offered-models.js';
import { probe, type Fault } from './probe.js';
import { Providers } from './providers.js';
import { wires } from './wire.js';

type Requests = typeof modelsRequests;
type Models = InputOf<Requests['createProvider']>['models'];

/** Adds, changes and removes providers. A key is tried before anything is saved, and lives in the vault. */
@Injectable()
export class SaveProvider {
  constructor(
    private readonly database: Database,
    private readonly repository: ModelProviderRepository,
    private readonly providers: Providers,
    private readonly catalogue: ModelCatalogue,
    private readonly messaging: Messaging,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(
    input: InputOf<Requests['createProvider']>,
    context: RequestContext<Requests['createProvider']>,
  ): Promise<ModelProvider> {
    requirePermission(context, 'models:write');
    const { name, kind, key } = input;
    const baseUrl = withoutSlash(input.baseUrl ?? wires[kind].baseUrl ?? '');
    if (!baseUrl) throw context.fail('base_url_needed');
    const models = await this.tried({ kind, baseUrl, key, models: input.models }, context);
    const now = this.clock.now();
    const row = Object.assign(new ModelProviderRow(), {
      ...{ id: newId(), name, kind, baseUrl, models },
      secretId: key === undefined ? null : await this.keep(name, key),
      enabled: true,
      createdAt: now,
      updatedAt: now,
    });
    return this.unlessRefused(row.secretId, () =>
      this.database.transaction(context, async (tx) => {
        const reply = await this.save(tx, row, context);
        const [first] = models;
        if (
          first &&
          !this.catalogue.configuredProvider() &&
          (await this.repository.defaults(tx)).length === 0
        )
          await this.setDefaults(tx, [`${name}/${first.id}`]);
        return reply;
      }),
    );
  }

  async update(
    { id, key, baseUrl, models, ...change }: InputOf<Requests['updateProvider']>,
    context: RequestContext<Requests['updateProvider']>,
  ): Promise<ModelProvider> {
    requirePermission(context, 'models:write');
    const row = await this.found(id, context);
    const before = { ...row };
    Object.assign(row, change, { updatedAt: this.clock.now() });
    if (baseUrl !== undefined) row.baseUrl = withoutSlash(baseUrl);
    const leadsElsewhere = row.baseUrl !== before.baseUrl;
    if (leadsElsewhere && before.secretId !== null && key === undefined) throw context.fail('key_needed');
    if (leadsElsewhere || key !== undefined || models !== undefined) {
      const used = key ?? (await this.providers.reveal(row));
      const wanted = models ?? row.models.map(asWanted);
      row.models = await this.tried({ ...row, key: used, models: wanted }, context);
    }
    if (key !== undefined) row.secretId = await this.keep(row.name, key);
    const kept = key === undefined ? null : row.secretId;
    const reply = await this.unlessRefused(kept, () =>
      this.database.transaction(context, async (tx) => {
        const saved = await this.save(tx, row, context);
        if (row.name !== before.name) await this.rename(tx, before.name, row.name);
        return saved;
      }),
    );
    if (key !== undefined && before.secretId !== null) await this.drop(before.secretId);
    return reply;
  }

  async remove(
    { id }: { id: string },
    context: RequestContext<Requests['deleteProvider']>,
  ): Promise<Record<never, never>> {
    requirePermission(context, 'models:write');
    const row = await this.found(id, context);
    await this.database.transaction(context, async (tx) => {
      await this.repository.remove(tx, id);
      const defaults = await this.repository.defaults(tx);
      const left = defaults.filter((model) => !model.startsWith(`${row.name}/`));
      if (left.length < defaults.length) await this.setDefaults(tx, left);
      await tx.publish(modelsEvents.providerDeleted, { providerId: id, name: row.name });
      tx.afterCommit(() => this.providers.forget());
    });
    if (row.secretId !== null) await this.drop(row.secretId);
    return {};
  }

  private async save(
    tx: Transaction,
    row: ModelProviderRow,
    context: Refusing<'provider_taken'>,
  ): Promise<ModelProvider> {
    if (await this.repository.isTaken(tx, row)) throw context.fail('provider_taken');
    await this.repository.save(tx, row);
    const provider = row.reply();
    await tx.publish(modelsEvents.providerSaved, { provider });
    tx.afterCommit(() => this.providers.forget());
    return provider;
  }

  private async rename(tx: Transaction, from: string, to: string): Promise<void> {
    const defaults = await this.repository.defaults(tx);
    const renamed = defaults.map((name) =>
      name.startsWith(`${from}/`) ? `${to}/${name.slice(from.length + 1)}` : name,
    );
    if (renamed.join() !== defaults.join()) await this.setDefaults(tx, renamed);
  }

  private async setDefaults(tx: Transaction, models: string[]): Promise<void> {
    await this.repository.setDefaults(tx, models);
    await tx.publish(modelsEvents.defaultModelsSet, { models });
  }

  private async found(
    id: string,
    context: Refusing<'provider_not_found' | 'provider_read_only'>,
  ): Promise<ModelProviderRow> {
    if (this.catalogue.configuredClient(id)) throw context.fail('provider_read_only');
    const row = await this.repository.find(id);
    if (!row) throw context.fail('provider_not_found');
    return row;
  }

  /** The models with what the provider tells of them. Throws where it would not answer for the first one. */
  private async tried(
    {
      models,
      ...to
    }: Pick<ModelProviderRow, 'kind' | 'baseUrl'> & { key: string | undefined; models: Models },
    context: Refusing<Fault['code']>,
  ) {
    const client = this.providers.connect(to);
    try {
      const { fault, listed } = await probe(client, models[0]?.id ?? '');
      if (fault) throw context.fail(fault.code, { detail: fault.cause });
      return completed(models, { listed, origin: to });
    } finally {
      await client.close();
    }
  }

  private async keep(provider: string, value: string): Promise<string> {
    const input = {
      name: `key of the model provider ${provider}`,
      value,
      purpose: `model provider ${provider}`,
    };
    return (await this.messaging.call(authRequests.storeSecret, input, serviceContext('models'))).id;
  }

  /** No key stays in the vault that nothing refers to. */
  private async unlessRefused<T>(secretId: string | null, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (secretId !== null) await this.drop(secretId);
      throw error;
    }
  }

  /** Gone already is as good. */
  private async drop(id: string): Promise<void> {
    try {
      await this.messaging.call(authRequests.deleteSecret, { id }, serviceContext('models'));
    } catch (error) {
      if (!(error instanceof ContractFailure) || error.code !== 'secret_not_found') throw error;
    }
  }
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '');

/** What a person said stays; what the provider told is asked again. */
function asWanted({ id, priceFrom, ...model }: ModelProviderRow['models'][number]): Models[number] {
  const own = priceFrom === 'person';
  return {
    id,
    ...(model.contextWindow !== null && { contextWindow: model.contextWindow }),
    ...(model.maxTokens !== null && { maxTokens: model.maxTokens }),
    ...(model.images !== undefined && { images: model.images }),
    ...(own && model.inputUsdPerMillion !== null && { inputUsdPerMillion: model.inputUsdPerMillion }),
    ...(own && model.outputUsdPerMillion !== null && { outputUsdPerMillion: model.outputUsdPerMillion }),
    ...(own &&
      model.cachedInputUsdPerMillion !== null && {
        cachedInputUsdPerMillion: model.cachedInputUsdPerMillion,
      }),
  };
}
