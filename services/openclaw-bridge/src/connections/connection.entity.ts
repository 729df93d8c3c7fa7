import type { Agent, Connection, ConnectionState, Reason } from '@aether/contracts/openclaw';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Down, Hello } from '../gateway/gateway-client.js';

/** An agent as its gateway last named it. */
export type KnownAgent = Pick<Agent, 'id' | 'name' | 'model'>;

@Entity('connection')
export class ConnectionRow {
  @PrimaryColumn('uuid')
  id: string;

  @Index('UQ_connection_deployment', { unique: true })
  @Column('uuid', { name: 'deployment_id' })
  deploymentId: string;

  @Column('text')
  name: string;

  @Column('text')
  url: string;

  @Column('uuid', { name: 'token_secret_id' })
  tokenSecretId: string;

  @Column('text')
  state: ConnectionState;

  @Column('jsonb', { nullable: true })
  reason: Reason | null;

  @Column('timestamptz', { name: 'next_attempt_at', nullable: true })
  nextAttemptAt: Date | null;

  @Column('text', { name: 'gateway_version', nullable: true })
  gatewayVersion: string | null;

  @Column('int', { nullable: true })
  protocol: number | null;

  @Column('jsonb')
  scopes: readonly string[];

  @Column('text', { name: 'boot_id', nullable: true })
  bootId: string | null;

  @Column('int')
  gaps: number;

  @Column('jsonb')
  agents: KnownAgent[];

  @Column('int')
  version: number;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  /** Points the connection at a gateway, new or moved. */
  aim(target: { name: string; url: string; tokenSecretId: string }): void {
    Object.assign(this, target);
    this.state = 'connecting';
    this.reason = null;
    this.nextAttemptAt = null;
  }

  /** True where it is, or is about to be, connected to this very gateway. */
  isAimedAt(target: { name: string; url: string; tokenSecretId: string }): boolean {
    const { name, url, tokenSecretId } = target;
    const isSame = this.name === name && this.url === url && this.tokenSecretId === tokenSecretId;
    return isSame && (this.state === 'connected' || this.state === 'connecting');
  }

  /** `agents` are null where they could not be asked for. */
  ready(hello: Hello, agents: KnownAgent[] | null): void {
    if (this.state === 'closed') return;
    this.state = 'connected';
    this.reason = null;
    this.nextAttemptAt = null;
    this.gatewayVersion = hello.version;
    this.protocol = hello.protocol;
    this.scopes = hello.scopes;
    this.bootId = hello.bootId;
    if (agents) this.agents = agents;
  }

  down({ code, cause, remedy, retry, nextAttemptAt }: Down): void {
    if (this.state === 'closed') return;
    this.state = retry === 'never' ? 'refused' : 'disconnected';
    this.reason = { code, cause, remedy };
    this.nextAttemptAt = nextAttemptAt;
  }

  close(): void {
    this.state = 'closed';
    this.reason = null;
    this.nextAttemptAt = null;
  }

  reply(): Connection {
    return {
      id: this.id,
      deploymentId: this.deploymentId,
      name: this.name,
      url: this.url,
      state: this.state,
      reason: this.reason,
      nextAttemptAt: this.nextAttemptAt?.toISOString() ?? null,
      gatewayVersion: this.gatewayVersion,
      protocol: this.protocol,
      scopes: [...this.scopes],
      bootId: this.bootId,
      gaps: this.gaps,
      version: this.version,
      updatedAt: this.updatedAt.toISOString(),
    };
  }
}
