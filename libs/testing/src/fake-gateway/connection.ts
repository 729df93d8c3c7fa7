import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { Admission } from './admission.js';
import type { Challenge } from './pairing.js';
import { connectRefusals, invalidRequest, Refusal } from './refusal.js';

/** Largest frame before and after the handshake, in bytes. */
const PREAUTH_BYTES_MAX = 64 * 1024;
export const PAYLOAD_BYTES_MAX = 26_214_400;

const RequestFrame = z.object({
  type: z.literal('req'),
  id: z.string(),
  method: z.string(),
  params: z.unknown(),
});

/** What a connection asks of the gateway that it belongs to. */
export interface ConnectionHost {
  /** Throws `Refusal` for whoever may not connect. */
  admit(params: unknown, challenge: Challenge): Admission;
  hello(connection: Connection, admission: Admission): unknown;
  call(connection: Connection, method: string, params: unknown): Promise<unknown>;
  /** Whether this event is lost on the way, after it was numbered. */
  isLost(event: string, connection: Connection): boolean;
}

/** One socket of a client, from challenge to close. */
export class Connection {
  readonly id = randomUUID();
  /** Keys given to `sessions.messages.subscribe`. */
  readonly subscriptions = new Set<string>();
  private readonly challenge: Challenge = { nonce: randomUUID(), ts: Date.now() };
  private admission: Admission | undefined;
  private lastSeq = 0;

  constructor(
    private readonly socket: WebSocket,
    private readonly host: ConnectionHost,
    handshakeTimeoutMs: number,
  ) {
    socket.on('message', (data: Buffer) => void this.receive(data));
    const timer = setTimeout(() => this.admission ?? socket.close(1000), handshakeTimeoutMs);
    socket.once('close', () => clearTimeout(timer));
    this.write({
      type: 'event',
      event: 'connect.challenge',
      payload: { ...this.challenge, capabilities: ['model-catalog-snapshot'] },
    });
  }

  get isReady(): boolean {
    return this.admission !== undefined;
  }

  get scopes(): readonly string[] {
    return this.admission?.scopes ?? [];
  }

  has(cap: string): boolean {
    return this.admission?.params.caps?.includes(cap) === true;
  }

  /** Whether this connection may do what needs `scope`. */
  may(scope: string): boolean {
    if (this.scopes.includes('operator.admin') || this.scopes.includes(scope)) return true;
    return scope === 'operator.read' && this.scopes.includes('operator.write');
  }

  /** Numbers the event for this connection and sends it. */
  sendEvent(event: string, payload: unknown): void {
    if (!this.isReady) return;
    this.lastSeq += 1;
    if (this.host.isLost(event, this)) return;
    this.write({ type: 'event', event, payload, seq: this.lastSeq });
  }

  close(code: number, reason = ''): void {
    this.socket.close(code, reason);
  }

  /** Ends the socket without a close frame: the client sees 1006. */
  drop(): void {
    this.socket.terminate();
  }

  private async receive(data: Buffer): Promise<void> {
    if (!this.admission && data.length > PREAUTH_BYTES_MAX) return this.close(1009);
    const input = parseJson(data);
    // The real gateway ignores what is not JSON, and hangs up when it comes first.
    if (input === undefined) return this.admission ? undefined : this.close(1000);
    const frame = RequestFrame.safeParse(input).data;
    if (!frame) return this.refuse('invalid', invalidRequest('invalid request frame'));
    try {
      const payload = await this.answer(frame);
      this.write({ type: 'res', id: frame.id, ok: true, payload });
    } catch (error) {
      this.refuse(frame.id, error instanceof Refusal ? error : new Refusal('UNAVAILABLE', String(error)));
    }
  }

  private async answer({ method, params }: z.infer<typeof RequestFrame>): Promise<unknown> {
    if (this.admission) return this.host.call(this, method, params);
    if (method !== 'connect') throw connectRefusals.firstNotConnect();
    const admission = this.host.admit(params, this.challenge);
    const hello = this.host.hello(this, admission);
    this.admission = admission;
    return hello;
  }

  private refuse(id: string, refusal: Refusal): void {
    this.write({ type: 'res', id, ok: false, error: refusal.shape() });
    if (this.admission) return;
    this.close(refusal.more.closeCode ?? 1008, refusal.more.closeReason ?? refusal.message);
  }

  private write(frame: unknown): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(frame));
  }
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}
