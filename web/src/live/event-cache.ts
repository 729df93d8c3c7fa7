import type { DataOf } from '@aether/contracts/contract';
import type { deployerEvents } from '@aether/contracts/deployer';
import type { LiveEvent } from '@aether/contracts/live-frames';
import type { missionsEvents } from '@aether/contracts/missions';
import { notifyManager, type QueryClient, type QueryKey } from '@tanstack/react-query';
import type { ReadRoute } from '@/api/queries';
import { isDrained, memberOf, withChanges, type Changes, type Entity, type KeptList } from './kept-lists';

type ChangedMission = DataOf<(typeof missionsEvents)['missionChanged']>;
type DeletedMission = DataOf<(typeof missionsEvents)['missionDeleted']>;
type ChangedTask = DataOf<(typeof missionsEvents)['taskChanged']>;
type RemovedTask = DataOf<(typeof missionsEvents)['taskRemoved']>;
type ChangedDeployment = DataOf<(typeof deployerEvents)['deploymentChanged']>;
type DeletedDeployment = DataOf<(typeof deployerEvents)['deploymentDeleted']>;

/** Things of which each event brings a whole copy: the list they are in, and where one of them is read. */
const copied = {
  mission: { list: 'GET /api/v1/missions', one: 'GET /api/v1/missions/{id}' },
  task: { list: 'GET /api/v1/tasks', one: 'GET /api/v1/tasks/{id}' },
  deployment: { list: 'GET /api/v1/deployments', one: 'GET /api/v1/deployments/{id}' },
} as const satisfies Record<string, { list: ReadRoute; one: ReadRoute }>;
type Kind = keyof typeof copied;

/** However many events come, the page is drawn anew this often at most. */
const DRAW_EVERY_MS = 100;
/** However many events come, what has to be read anew is read this often at most. */
const REFRESH_EVERY_MS = 400;
/** Of the time, at most a part of this many goes into reading anew. */
const REFRESH_SHARE = 5;
const REFRESH_MAX_MS = 10_000;

/** Brings events into what was read: things in their places at once, what must be counted a moment later. */
export class EventCache {
  private readonly changes = new Map<Kind, Map<string, Entity | null>>();
  /** By list that is being read: what changed since it was asked for, and may be missing in the answer. */
  private readonly missed = new Map<string, Map<string, Entity | null>>();
  private readonly stale = new Set<ReadRoute>();
  private drawing: ReturnType<typeof setTimeout> | undefined;
  private drawnAt = 0;
  private refreshing: ReturnType<typeof setTimeout> | undefined;
  private readonly unwatch: () => void;
  private isStopped = false;

  constructor(private readonly client: QueryClient) {
    this.unwatch = client.getQueryCache().subscribe((told) => {
      if (told.type !== 'updated' || told.action.type !== 'success' || told.action.manual) return;
      const changes = this.missed.get(told.query.queryHash);
      if (!changes) return;
      this.missed.delete(told.query.queryHash);
      this.change(told.query.queryKey as QueryKey, changes);
    });
  }

  apply({ event, data }: LiveEvent): void {
    const name = event.split('.').slice(1, 3).join('.');
    switch (name) {
      case 'missions.mission-created':
      case 'missions.mission-changed':
        this.put('mission', (data as ChangedMission).mission);
        return this.refresh(
          'GET /api/v1/board',
          'GET /api/v1/organisation/budget',
          'GET /api/v1/missions/{id}/history',
        );
      case 'missions.mission-deleted':
        this.drop('mission', (data as DeletedMission).missionId);
        return this.refresh('GET /api/v1/board');
      case 'missions.task-changed':
        this.put('task', (data as ChangedTask).task);
        return this.refresh(
          'GET /api/v1/board',
          'GET /api/v1/tasks/{id}/wait',
          'GET /api/v1/missions/{id}/waits',
          'GET /api/v1/missions/{id}/history',
        );
      case 'missions.task-removed':
        this.drop('task', (data as RemovedTask).taskId);
        return this.refresh('GET /api/v1/missions/{id}/history');
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
        return this.put('deployment', (data as ChangedDeployment).deployment);
      case 'deployer.deployment-deleted':
        return this.drop('deployment', (data as DeletedDeployment).deploymentId);
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
      case 'models.virtual-key-issued':
      case 'models.virtual-key-revoked':
        return this.refresh('GET /api/v1/virtual-keys');
      case 'models.model-budget-changed':
      case 'models.model-budget-deleted':
      case 'models.model-budget-reached':
        return this.refresh('GET /api/v1/budgets');
      case 'openclaw.connection-changed':
        return this.refresh('GET /api/v1/connections', 'GET /api/v1/agents', 'GET /api/v1/pool');
      case 'openclaw.chat-changed':
        return this.refresh('GET /api/v1/chats', 'GET /api/v1/chats/{id}');
      case 'openclaw.chat-created':
      case 'openclaw.chat-deleted':
        return this.refresh('GET /api/v1/chats');
      case 'openclaw.approval-requested':
      case 'openclaw.approval-decided':
        return this.refresh('GET /api/v1/approvals');
    }
  }

  stop(): void {
    this.isStopped = true;
    this.unwatch();
    clearTimeout(this.drawing);
    clearTimeout(this.refreshing);
  }

  private put(kind: Kind, entity: Entity): void {
    const waiting = this.waiting(kind);
    const known = waiting.get(entity.id);
    if (known === undefined || (known && known.version < entity.version)) waiting.set(entity.id, entity);
  }

  private drop(kind: Kind, id: string): void {
    this.waiting(kind).set(id, null);
  }

  /** Changes that are about to be drawn. */
  private waiting(kind: Kind): Map<string, Entity | null> {
    this.drawing ??= setTimeout(() => this.draw(), Math.max(0, this.drawnAt + DRAW_EVERY_MS - Date.now()));
    const waiting = this.changes.get(kind) ?? new Map<string, Entity | null>();
    this.changes.set(kind, waiting);
    return waiting;
  }

  private draw(): void {
    this.drawing = undefined;
    this.drawnAt = Date.now();
    const changes = [...this.changes];
    this.changes.clear();
    notifyManager.batch(() => {
      for (const [kind, changed] of changes) {
        for (const [id, entity] of changed) if (entity) this.replace([copied[kind].one, { id }], entity);
        this.changeLists(copied[kind].list, changed);
      }
    });
  }

  private replace(key: QueryKey, entity: Entity): void {
    this.client.setQueryData<Entity>(key, (old) => (old && old.version < entity.version ? entity : old));
  }

  private changeLists(list: ReadRoute, changes: Changes): void {
    for (const query of this.client.getQueryCache().findAll({ queryKey: [list] })) {
      if (query.state.fetchStatus === 'fetching')
        this.missed.set(query.queryHash, new Map([...(this.missed.get(query.queryHash) ?? []), ...changes]));
      this.change(query.queryKey, changes);
    }
  }

  private change(key: QueryKey, changes: Changes): void {
    const isMember = memberOf(key[1] ?? {});
    const list = this.client.getQueryData<KeptList>(key);
    if (!isMember) return this.refresh(key[0] as ReadRoute);
    if (!list) return;
    const changed = withChanges(list, changes, isMember);
    if (changed !== list) this.client.setQueryData(key, changed);
    if (isDrained(changed)) this.refresh(key[0] as ReadRoute);
  }

  private refresh(...routes: ReadRoute[]): void {
    for (const route of routes) this.stale.add(route);
    this.refreshing ??= setTimeout(() => void this.readAnew(), REFRESH_EVERY_MS);
  }

  /** One reading after the other, so that events that keep coming do not cancel what they wait for. */
  private async readAnew(): Promise<void> {
    const names = [...this.stale];
    this.stale.clear();
    const begunAt = Date.now();
    const read = names.map((name) => this.client.invalidateQueries({ queryKey: [name] }));
    await Promise.race([Promise.all(read), new Promise((resolve) => setTimeout(resolve, REFRESH_MAX_MS))]);
    if (this.isStopped) return;
    const pauseMs = Math.max(REFRESH_EVERY_MS, (REFRESH_SHARE - 1) * (Date.now() - begunAt));
    this.refreshing = setTimeout(() => {
      if (this.stale.size > 0) void this.readAnew();
      else this.refreshing = undefined;
    }, pauseMs);
  }
}
