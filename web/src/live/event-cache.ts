import type { DataOf } from '@aether/contracts/contract';
import type { deployerEvents } from '@aether/contracts/deployer';
import type { LiveEvent } from '@aether/contracts/live-frames';
import type { missionsEvents } from '@aether/contracts/missions';
import type { QueryClient } from '@tanstack/react-query';
import type { ReadRoute } from '@/api/queries';

interface Versioned {
  readonly id: string;
  readonly version: number;
}

type ChangedMission = DataOf<(typeof missionsEvents)['missionChanged']>;
type ChangedTask = DataOf<(typeof missionsEvents)['taskChanged']>;
type ChangedDeployment = DataOf<(typeof deployerEvents)['deploymentChanged']>;

interface Page {
  readonly items: readonly Versioned[];
}
/** A list as it is kept: one page, or those of an endless list. */
type Kept = Page | { readonly pages: readonly Page[] };

/** Inputs by which an entity may leave a list when it changes. */
const FILTERS = new Set(['state', 'search', 'label', 'capability']);

function replace(kept: Kept, entity: Versioned): Kept | undefined {
  if (!('pages' in kept)) return replaceIn(kept, entity);
  const at = kept.pages.findIndex((page) => replaceIn(page, entity));
  const page = kept.pages[at];
  const next = page && replaceIn(page, entity);
  return next && { ...kept, pages: kept.pages.with(at, next) };
}

function replaceIn<P extends Page>(page: P, entity: Versioned): P | undefined {
  const at = page.items.findIndex(({ id }) => id === entity.id);
  const old = page.items[at];
  if (!old) return undefined;
  return old.version < entity.version ? { ...page, items: page.items.with(at, entity) } : page;
}

/** However many events come, a list is read anew this often at most. */
const REFRESH_EVERY_MS = 400;

/** Brings events into what was read: entities in place at once, lists that may have grown a moment later. */
export class EventCache {
  private readonly stale = new Set<ReadRoute>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly client: QueryClient) {}

  apply({ event, data }: LiveEvent): void {
    const name = event.split('.').slice(1, 3).join('.');
    switch (name) {
      case 'missions.mission-created':
      case 'missions.mission-changed':
        this.put(['GET /api/v1/missions', 'GET /api/v1/missions/{id}'], (data as ChangedMission).mission);
        return this.refresh('GET /api/v1/board', 'GET /api/v1/organisation/budget');
      case 'missions.mission-deleted':
        return this.refresh('GET /api/v1/missions', 'GET /api/v1/board');
      case 'missions.task-changed':
        this.put(['GET /api/v1/tasks', 'GET /api/v1/tasks/{id}'], (data as ChangedTask).task);
        return this.refresh('GET /api/v1/board', 'GET /api/v1/tasks/{id}/wait');
      case 'missions.task-removed':
        return this.refresh('GET /api/v1/tasks');
      case 'missions.artifact-added':
        return this.refresh('GET /api/v1/missions/{id}/artifacts');
      case 'missions.organisation-budget-changed':
        return this.refresh('GET /api/v1/organisation/budget');
      case 'orchestrator.attempt-changed':
        return this.refresh('GET /api/v1/attempts', 'GET /api/v1/pool');
      case 'orchestrator.conversation-created':
        return this.refresh('GET /api/v1/jason/conversations');
      case 'deployer.deployment-created':
      case 'deployer.deployment-changed':
        return this.put(
          ['GET /api/v1/deployments', 'GET /api/v1/deployments/{id}'],
          (data as ChangedDeployment).deployment,
        );
      case 'deployer.deployment-deleted':
        return this.refresh('GET /api/v1/deployments');
      case 'deployer.template-imported':
      case 'deployer.template-removed':
        return this.refresh('GET /api/v1/templates');
      case 'deployer.preset-changed':
      case 'deployer.preset-removed':
        return this.refresh('GET /api/v1/presets');
      case 'models.provider-saved':
      case 'models.provider-deleted':
      case 'models.default-models-set':
        return this.refresh('GET /api/v1/providers', 'GET /api/v1/models', 'GET /api/v1/models/default');
      case 'models.model-budget-changed':
      case 'models.model-budget-deleted':
      case 'models.model-budget-reached':
        return this.refresh('GET /api/v1/budgets');
      case 'openclaw.connection-changed':
        return this.refresh('GET /api/v1/connections', 'GET /api/v1/agents', 'GET /api/v1/pool');
      case 'openclaw.chat-created':
      case 'openclaw.chat-deleted':
        return this.refresh('GET /api/v1/chats');
      case 'openclaw.approval-requested':
      case 'openclaw.approval-decided':
        return this.refresh('GET /api/v1/approvals');
    }
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Puts a newer copy where an older one is; a list that lacks it is read anew. */
  private put([list, one]: readonly [ReadRoute, ReadRoute], entity: Versioned): void {
    this.client.setQueryData<Versioned>([one, { id: entity.id }], (old) =>
      old && old.version < entity.version ? entity : old,
    );
    for (const [key, kept] of this.client.getQueriesData<Kept>({ queryKey: [list] })) {
      const isFiltered = Object.keys(key[1] ?? {}).some((name) => FILTERS.has(name));
      const replaced = kept && !isFiltered ? replace(kept, entity) : undefined;
      if (replaced) this.client.setQueryData(key, replaced);
      else this.refresh(list);
    }
  }

  private refresh(...routes: ReadRoute[]): void {
    for (const route of routes) this.stale.add(route);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const names = [...this.stale];
      this.stale.clear();
      for (const name of names) void this.client.invalidateQueries({ queryKey: [name] });
    }, REFRESH_EVERY_MS);
  }
}
