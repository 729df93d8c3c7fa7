import { randomUUID } from 'node:crypto';
import { invalidRequest } from './refusal.js';

/** One row of a transcript, in the shape of `chat.history`. */
export interface Row {
  readonly role: 'assistant' | 'toolResult' | 'user';
  readonly content: unknown;
  readonly timestamp: number;
  readonly idempotencyKey?: string;
  readonly __openclaw: { readonly id: string; readonly seq: number; readonly runId?: string };
  readonly [more: string]: unknown;
}

export interface Session {
  readonly key: string;
  readonly sessionId: string;
  readonly agentId: string;
  readonly createdAt: number;
  cwd?: string;
  label?: string;
  model?: string;
  permissionMode?: string;
  readonly rows: Row[];
}

/** Sessions and their transcripts. They survive a restart. */
export class Sessions {
  private readonly sessions = new Map<string, Session>();

  constructor(private readonly agents: () => readonly string[]) {}

  all(): Session[] {
    return [...this.sessions.values()];
  }

  find(key: string): Session | undefined {
    return this.sessions.get(fullKey(key));
  }

  /** The session of this key, made when it is new. Throws `Refusal` for an agent that does not exist. */
  open(key: string): Session {
    const full = fullKey(key);
    const agentId = full.split(':')[1] ?? '';
    if (!this.agents().includes(agentId)) {
      throw invalidRequest(`Agent "${agentId}" no longer exists in configuration`);
    }
    const session = this.sessions.get(full) ?? {
      key: full,
      sessionId: randomUUID(),
      agentId,
      createdAt: Date.now(),
      rows: [],
    };
    this.sessions.set(full, session);
    return session;
  }

  delete(key: string): boolean {
    return this.sessions.delete(fullKey(key));
  }

  append(session: Session, row: Omit<Row, '__openclaw' | 'timestamp'>, runId?: string): Row {
    const seq = session.rows.length + 1;
    const mark = { id: randomUUID(), seq, ...(runId === undefined ? {} : { runId }) };
    const written = { ...row, timestamp: Date.now(), __openclaw: mark } as Row;
    session.rows.push(written);
    return written;
  }

  /** Rows after a `deltaCursor`; undefined when the cursor is not one of this session. */
  after(session: Session, cursor: string): Row[] | undefined {
    try {
      const { sessionId, lastSeq } = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as {
        sessionId: unknown;
        lastSeq: unknown;
      };
      if (sessionId !== session.sessionId || typeof lastSeq !== 'number') return undefined;
      return session.rows.filter((row) => row.__openclaw.seq > lastSeq);
    } catch {
      return undefined;
    }
  }

  cursor({ sessionId, agentId, rows }: Session): string {
    const cursor = { agentId, lastSeq: rows.length, sessionId, version: 1 };
    return Buffer.from(JSON.stringify(cursor)).toString('base64url');
  }
}

/** A bare key such as `main` belongs to the main agent. */
function fullKey(key: string): string {
  return key.startsWith('agent:') ? key : `agent:main:${key}`;
}
