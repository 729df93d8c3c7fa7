import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { modelsEvents, type modelsRequests } from '@aether/contracts/models';
import { requirePermission, requireServiceOr } from '@aether/messaging/access';
import type { Context } from '@aether/messaging/context';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK } from '../tokens.js';
import { ModelCatalogue } from './model-catalogue.js';
import { ModelProviderRepository } from './model-provider.repository.js';
import { listModels } from './probe.js';
import { Providers } from './providers.js';

type Requests = typeof modelsRequests;
type Offered = OutputOf<Requests['listOfferedModels']>;

const LIST_FRESH_MS = 600_000;

/** What providers there are, what they offer, and which models answer by default. */
@Injectable()
export class ReadProviders {
  private readonly lists = new Map<string, Offered>();

  constructor(
    private readonly database: Database,
    private readonly repository: ModelProviderRepository,
    private readonly providers: Providers,
    private readonly catalogue: ModelCatalogue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(context: Context): Promise<OutputOf<Requests['listProviders']>> {
    requireServiceOr(context, 'models:read');
    const { rows } = await this.repository.read();
    const configured = this.catalogue.configuredProvider();
    return { items: [...(configured ? [configured] : []), ...rows.map((row) => row.reply())] };
  }

  async offered(
    { id, refresh }: InputOf<Requests['listOfferedModels']>,
    context: RequestContext<Requests['listOfferedModels']>,
  ): Promise<Offered> {
    requirePermission(context, 'models:read');
    const row = await this.repository.find(id);
    const client = this.catalogue.configuredClient(id) ?? (row && (await this.providers.open(row)));
    if (!client) throw context.fail('provider_not_found');
    const now = this.clock.now();
    const known = this.lists.get(id);
    if (known && !refresh && now.getTime() - Date.parse(known.readAt) < LIST_FRESH_MS) return known;
    const { fault, listed } = await listModels(client);
    if (fault) throw context.fail(fault.code, { detail: fault.cause });
    const read = { items: [...listed], readAt: now.toISOString() };
    this.lists.set(id, read);
    return read;
  }

  async defaults(context: Context): Promise<{ models: string[] }> {
    requireServiceOr(context, 'models:read');
    return { models: (await this.repository.read()).defaults };
  }

  async setDefaults(
    { models }: InputOf<Requests['setDefaultModels']>,
    context: RequestContext<Requests['setDefaultModels']>,
  ): Promise<{ models: string[] }> {
    requirePermission(context, 'models:write');
    this.providers.forget();
    for (const name of models)
      if (!(await this.catalogue.isOffered(name)))
        throw context.fail('model_not_found', { detail: `"${name}" is not offered.` });
    return this.database.transaction(context, async (tx) => {
      await this.repository.setDefaults(tx, models);
      await tx.publish(modelsEvents.defaultModelsSet, { models });
      tx.afterCommit(() => this.providers.forget());
      return { models };
    });
  }
}
