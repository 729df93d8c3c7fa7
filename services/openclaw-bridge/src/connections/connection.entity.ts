import type { AttachmentLimits } from '@aether/contracts/attachments';
import type {
  Agent,
  Connection,
  ConnectionState,
  GatewayAuth,
  Pairing,
  Reason,
} from '@aether/contracts/openclaw';
import type { Visibility } from '@aether/contracts/schemas';
import type { Restricted } from '@aether/messaging/access';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { approvalCommand } from '../gateway/down-reasons.js';
import type { Down, Hello } from '../gateway/gateway-client.js';
import { explainMethods } from '../gateway/offers.js';

/** An agent as its gateway last named it. */
export type KnownAgent = Pick<Agent, 'id' | 'name' | 'model'> & { skills?: string[] };

/** Gateways forget a request for approval after this time. */
const PAIRING_MS = 300_000;

/** Where a gateway is and what it is shown; secrets by reference. */
export interface ConnectionTarget {
  readonly name: string;
  readonly url: string;
  readonly auth: GatewayAuth;
  /** Null where the device alone is shown. */
  readonly tokenSecretId: string | null;
  readonly accessClientId: string | null;
  readonly accessSecretId: string | null;
  readonly tlsFingerprint: string | null;
  readonly visibility: Visibility;
}

@Entity('connection')
export class ConnectionRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  kind: Connection['kind'];

  /** Of a remote gateway: the connection's own id, so that whatever belongs to a gateway is found by one. */
  @Index('UQ_connection_deployment', { unique: true })
  @Column('uuid', { name: 'deployment_id' })
  deploymentId: string;

  @Column('text')
  name: string;

  @Column('text')
  url: string;

  @Column('text')
  auth: GatewayAuth;

  /** Null where the device alone is shown. */
  @Column('uuid', { name: 'token_secret_id', nullable: true })
  tokenSecretId: string | null;

  @Column('text', { name: 'access_client_id', nullable: true })
  accessClientId: string | null;

  @Column('uuid', { name: 'access_secret_id', nullable: true })
  accessSecretId: string | null;

  @Column('text', { name: 'tls_fingerprint', nullable: true })
  tlsFingerprint: string | null;

  @Column('text')
  state: ConnectionState;

  @Column('jsonb', { nullable: true })
  reason: Reason | null;

  @Column('jsonb', { nullable: true })
  pairing: Pairing | null;

  @Column('timestamptz', { name: 'next_attempt_at', nullable: true })
  nextAttemptAt: Date | null;

  @Column('text', { name: 'gateway_version', nullable: true })
  gatewayVersion: string | null;

  @Column('int', { nullable: true })
  protocol: number | null;

  @Column('jsonb')
  scopes: readonly string[];

  @Column('jsonb')
  methods: readonly string[];

  /** Of what messages bring, as it last told. */
  @Column('jsonb', { nullable: true })
  limits: AttachmentLimits | null;

  @Column('text', { name: 'boot_id', nullable: true })
  bootId: string | null;

  @Column('int')
  gaps: number;

  @Column('jsonb')
  agents: KnownAgent[];

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column('text')
  visibility: Visibility;

  /** True while it is about to be closed: what runs ends, and no further turn is begun. */
  @Column('boolean', { name: 'is_draining' })
  isDraining: boolean;

  @Column('int')
  version: number;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  /** The instance that holds it; it counts only while that lives. */
  @Column('uuid', { name: 'lease_holder', nullable: true })
  leaseHolder: string | null;

  /** Grows with each holder and each time it is to be opened anew: what was begun under an older one is not stored. */
  @Column('int', { name: 'lease_fence', default: 0 })
  leaseFence: number;

  /** Points the connection at a gateway, new or moved. */
  aim(target: Partial<ConnectionTarget & Restricted>): void {
    Object.assign(this, target);
    this.leaseFence += 1;
    this.isDraining = false;
    this.become('connecting');
  }

  /** True where it is, or is about to be, connected to this very gateway. */
  isAimedAt({ name, url, tokenSecretId }: Pick<ConnectionTarget, 'name' | 'url' | 'tokenSecretId'>): boolean {
    const isSame = this.name === name && this.url === url && this.tokenSecretId === tokenSecretId;
    return isSame && !this.isDraining && (this.state === 'connected' || this.state === 'connecting');
  }

  /** `agents` are null where they could not be asked for. */
  ready(hello: Hello, agents: KnownAgent[] | null): void {
    if (this.state === 'closed') return;
    this.become('connected');
    this.methods = hello.methods;
    this.limits = hello.limits;
    this.gatewayVersion = hello.version;
    this.protocol = hello.protocol;
    this.scopes = hello.scopes;
    this.bootId = hello.bootId;
    const skillsOf = (id: string) => this.agents.find((agent) => agent.id === id)?.skills ?? [];
    if (agents) this.agents = agents.map((agent) => ({ skills: skillsOf(agent.id), ...agent }));
  }

  down({ code, cause, remedy, retry, nextAttemptAt, pairingRequestId }: Down): void {
    if (this.state === 'closed') return;
    this.state = retry === 'never' ? 'refused' : 'disconnected';
    this.reason = { code, cause, remedy };
    this.nextAttemptAt = nextAttemptAt;
    if (pairingRequestId === undefined) {
      this.pairing = null;
    } else {
      this.state = 'pairing';
      // The same request asked for again keeps its deadline.
      if (this.pairing?.requestId !== pairingRequestId) this.pairing = pairingOf(pairingRequestId);
    }
  }

  /** Lets turns that run end before it is closed; where none can be heard of, there is nothing to wait for. */
  drain(): void {
    this.isDraining = this.state === 'connected';
  }

  close(): void {
    this.leaseHolder = null;
    this.leaseFence += 1;
    this.isDraining = false;
    this.become('closed');
  }

  private become(state: 'connecting' | 'connected' | 'closed'): void {
    this.state = state;
    this.reason = null;
    this.pairing = null;
    this.nextAttemptAt = null;
  }

  reply(): Connection {
    return {
      id: this.id,
      kind: this.kind,
      deploymentId: this.kind === 'remote' ? null : this.deploymentId,
      name: this.name,
      url: this.url,
      auth: this.auth,
      accessClientId: this.accessClientId,
      tlsFingerprint: this.tlsFingerprint,
      state: this.state,
      reason: this.reason,
      pairing: this.pairing,
      nextAttemptAt: this.nextAttemptAt?.toISOString() ?? null,
      gatewayVersion: this.gatewayVersion,
      protocol: this.protocol,
      missing: this.methods.length > 0 ? explainMethods(this.methods) : [],
      limits: this.limits,
      scopes: [...this.scopes],
      bootId: this.bootId,
      gaps: this.gaps,
      createdBy: this.createdBy,
      visibility: this.visibility,
      version: this.version,
      updatedAt: this.updatedAt.toISOString(),
    };
  }
}

function pairingOf(requestId: string): Pairing {
  const since = Date.now();
  return {
    requestId,
    command: approvalCommand(requestId),
    since: new Date(since).toISOString(),
    expiresAt: new Date(since + PAIRING_MS).toISOString(),
  };
}
