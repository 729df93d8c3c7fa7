import { setTimeout as delay } from 'node:timers/promises';
import { authCatalog, authEvents, authRequests } from '@aether/contracts/auth';
import type { Catalog } from '@aether/contracts/contract';
import { commonFailure } from '@aether/contracts/failure';
import { modelsCatalog, modelsRequests } from '@aether/contracts/models';
import {
  openclawCatalog,
  openclawEvents,
  openclawRequests,
  type Connection,
  type Reason,
} from '@aether/contracts/openclaw';
import type { ServiceName } from '@aether/contracts/topology';
import { serviceContext, type Context } from '@aether/messaging/context';
import { contextPairs } from '@aether/messaging/headers';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';

export interface Bus {
  readonly url: string;
  passwordOf(user: ServiceName): string;
}

type Owner = 'auth' | 'models' | 'openclaw';

/**
 * Auth, models and the bridge as far as the deployer asks them, each able to be away or to refuse: for races and
 * failures. `openclaw.test.ts` goes the same ways with the services themselves.
 */
export class Neighbours {
  readonly secrets = new Map<string, string>();
  readonly connections = new Map<string, Connection>();
  readonly keysIssued: {
    deploymentId: string;
    idempotencyKey: string | null;
    models?: string[] | undefined;
  }[] = [];
  /** Owners that do not answer. */
  readonly away = new Set<Owner>();
  /** What probes and connections are refused with. */
  refusal: Reason | null = null;
  providerFault: { cause: string; remedy: string } | null = null;
  /** Requests of the bridge that are taken and not answered. */
  readonly held = new Set<'probeGateway' | 'openConnection' | 'listAgents' | 'closeConnection'>();
  private readonly stored = new Map<string, string>();
  private readonly buses = new Map<Owner, Messaging>();

  private constructor(private readonly bus: Bus) {}

  static async start(
    bus: Bus,
    owners: readonly Owner[] = ['auth', 'models', 'openclaw'],
  ): Promise<Neighbours> {
    const neighbours = new Neighbours(bus);
    if (owners.includes('auth')) await neighbours.serveAuth();
    if (owners.includes('models')) await neighbours.serveModels();
    if (owners.includes('openclaw')) await neighbours.serveBridge();
    return neighbours;
  }

  /** Tells, as the bridge would, that a connection has changed. */
  async tellConnection(deploymentId: string, change: Partial<Connection>): Promise<void> {
    const known = this.connections.get(deploymentId);
    if (!known) throw new Error('this deployment was never connected');
    const connection = { ...known, ...change, version: known.version + 1 };
    this.connections.set(deploymentId, connection);
    await this.buses.get('openclaw')?.publish({
      id: newId(),
      subject: openclawEvents.connectionChanged.subject,
      headers: contextPairs(serviceContext('openclaw-bridge')),
      payload: { connection },
    });
  }

  /** Changes a secret as people do, and tells of it. */
  async replaceSecret(secretId: string, value: string): Promise<void> {
    this.secrets.set(secretId, value);
    await this.buses.get('auth')?.publish({
      id: newId(),
      subject: authEvents.secretReplaced.subject,
      headers: contextPairs(serviceContext('auth')),
      payload: { secretId, name: 'gateway token', usedBy: ['deployer'] },
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.buses.values()].map((bus) => bus.drain()));
  }

  private async serveAuth(): Promise<void> {
    const messaging = await this.open('auth', 'auth', authCatalog);
    const { storeSecret, revealSecret, deleteSecret } = authRequests;
    messaging.serve(
      { storeSecret, revealSecret, deleteSecret },
      {
        storeSecret: ({ name, value }, { idempotencyKey }) => {
          this.present('auth');
          const key = idempotencyKey ?? newId();
          const id = this.stored.get(key) ?? newId();
          if (this.secrets.has(id) && this.secrets.get(id) !== value)
            throw commonFailure('idempotency_conflict');
          this.stored.set(key, id);
          this.secrets.set(id, value);
          const now = new Date().toISOString();
          return { id, name, createdAt: now, updatedAt: now, usedBy: [] };
        },
        revealSecret: ({ id }, context) => {
          this.present('auth');
          const value = this.secrets.get(id);
          if (value === undefined) throw context.fail('secret_not_found');
          return { value };
        },
        deleteSecret: ({ id }, context) => {
          this.present('auth');
          if (!this.secrets.delete(id)) throw context.fail('secret_not_found');
          return {};
        },
      },
    );
    messaging.start();
  }

  private async serveModels(): Promise<void> {
    const messaging = await this.open('models', 'models', modelsCatalog);
    const { getEndpoint, checkProvider, issueVirtualKey } = modelsRequests;
    messaging.serve(
      { getEndpoint, checkProvider, issueVirtualKey },
      {
        getEndpoint: () => {
          this.present('models');
          const model = { demo: true, contextWindow: 64_000, maxTokens: 4_096 };
          const models = ['demo', 'demo-2'].map((id) => ({ id, ...model }));
          return {
            baseUrl: 'http://127.0.0.1:1/v1',
            defaultModel: 'demo',
            answering: 'demo',
            demo: true,
            models,
          };
        },
        checkProvider: () => {
          this.present('models');
          const fault = this.providerFault;
          return {
            ok: fault === null,
            demo: true,
            cause: fault?.cause ?? null,
            remedy: fault?.remedy ?? null,
          };
        },
        issueVirtualKey: ({ deploymentId, models }, { idempotencyKey }: Context) => {
          this.present('models');
          this.keysIssued.push({ deploymentId, idempotencyKey, models });
          return { id: newId(), key: `virtual-key-of-${deploymentId}` };
        },
      },
    );
    messaging.start();
  }

  private async serveBridge(): Promise<void> {
    const messaging = await this.open('openclaw', 'openclaw-bridge', openclawCatalog);
    const { probeGateway, openConnection, getConnection, closeConnection, listAgents } = openclawRequests;
    messaging.serve(
      { probeGateway, openConnection, getConnection, closeConnection, listAgents },
      {
        probeGateway: async () => {
          await this.whileHeld('probeGateway');
          this.present('openclaw');
          const at = new Date().toISOString();
          return {
            ok: this.refusal === null,
            at,
            checks: [],
            reason: this.refusal,
            gatewayVersion: '2026.9.6',
          };
        },
        openConnection: async ({ deploymentId, name, url, createdBy = 'deployer', visibility }) => {
          await this.whileHeld('openConnection');
          this.present('openclaw');
          const version = (this.connections.get(deploymentId)?.version ?? 0) + 1;
          const connection: Connection = {
            id: this.connections.get(deploymentId)?.id ?? newId(),
            kind: 'deployed',
            deploymentId,
            name,
            url,
            auth: 'token',
            accessClientId: null,
            tlsFingerprint: null,
            pairing: null,
            missing: [],
            state: this.refusal ? 'refused' : 'connected',
            reason: this.refusal,
            nextAttemptAt: null,
            gatewayVersion: '2026.9.6',
            protocol: 4,
            scopes: ['operator.admin'],
            bootId: null,
            gaps: 0,
            limits: null,
            createdBy,
            visibility,
            version,
            updatedAt: new Date().toISOString(),
          };
          this.connections.set(deploymentId, connection);
          return connection;
        },
        getConnection: ({ id }, context) => {
          const found = [...this.connections.values()].find((connection) => connection.id === id);
          if (!found) throw context.fail('connection_not_found');
          return found;
        },
        closeConnection: async ({ deploymentId, remove }) => {
          await this.whileHeld('closeConnection');
          this.present('openclaw');
          const known = this.connections.get(deploymentId);
          if (known && remove) this.connections.delete(deploymentId);
          else if (known)
            this.connections.set(deploymentId, { ...known, state: 'closed', version: known.version + 1 });
          return { closed: known !== undefined, running: 0 };
        },
        listAgents: async ({ deploymentId }) => {
          await this.whileHeld('listAgents');
          const connection = deploymentId && this.connections.get(deploymentId);
          if (!connection) return { items: [] };
          const { id: connectionId, name } = connection;
          const agent = {
            id: 'main',
            name,
            connectionId,
            deploymentId,
            deploymentName: name,
            remote: false,
            visibility: 'open' as const,
            model: null,
            skills: [],
            online: true,
            first: true,
          };
          return { items: [agent] };
        },
      },
    );
    messaging.start();
  }

  private async open(owner: Owner, user: ServiceName, catalog: Catalog): Promise<Messaging> {
    const { url } = this.bus;
    const password = this.bus.passwordOf(user);
    const messaging = await Messaging.connect({ url, user, password, catalog, reportFault: () => undefined });
    this.buses.set(owner, messaging);
    return messaging;
  }

  private async whileHeld(
    request: 'probeGateway' | 'openConnection' | 'listAgents' | 'closeConnection',
  ): Promise<void> {
    while (this.held.has(request)) await delay(20);
  }

  private present(owner: Owner): void {
    if (this.away.has(owner))
      throw commonFailure('unavailable', { detail: `The service "${owner}" is not running.` });
  }
}
