import type { Chat, Permissions } from '@aether/contracts/openclaw';
import type { Visibility } from '@aether/contracts/schemas';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('chat')
@Index('IDX_chat_connection', ['connectionId'])
export class ChatRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'connection_id' })
  connectionId: string;

  @Column('uuid', { name: 'deployment_id' })
  deploymentId: string;

  @Column('text', { name: 'agent_id' })
  agentId: string;

  @Column('text')
  title: string;

  /** Where its agent works instead of its own workspace. */
  @Column('text', { nullable: true })
  directory: string | null;

  /** What its agent may do without asking; the gateway's own rule where null. */
  @Column('text', { nullable: true })
  permissions: Permissions | null;

  /** The mission that its model calls count for. */
  @Column('uuid', { name: 'mission_id', nullable: true })
  missionId: string | null;

  /** Sequence number of its last message. */
  @Column('int', { name: 'last_seq' })
  lastSeq: number;

  /** The person whose chat it is, also where a key or a service opened it. */
  @Column('text', { name: 'created_by' })
  createdBy: string;

  /** Who sees it beside that person. */
  @Column('text')
  visibility: Visibility;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  /** The gateway's name for this conversation. */
  get sessionKey(): string {
    return `agent:${this.agentId}:aether-${this.id}`;
  }

  reply(): Chat {
    return {
      id: this.id,
      connectionId: this.connectionId,
      deploymentId: this.deploymentId,
      agentId: this.agentId,
      title: this.title,
      createdBy: this.createdBy,
      visibility: this.visibility,
      createdAt: this.createdAt.toISOString(),
      updatedAt: this.updatedAt.toISOString(),
    };
  }
}
