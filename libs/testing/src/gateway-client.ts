import { GatewayClient, type GatewayClientOptions } from '@openclaw/gateway-client';
import type { EventFrame, HelloOk } from '@openclaw/gateway-protocol';
import { eventually } from './eventually.js';

/** What an event or a reply carries. */
export interface Payload {
  readonly [key: string]: unknown;
  readonly runId?: string;
  readonly state?: string;
  readonly stream?: string;
}

/**
 * The official client, with everything that it reports kept for the test to look at. It connects at once, as an
 * administrator on loopback unless the options say otherwise.
 */
export class TestClient {
  readonly events: EventFrame[] = [];
  readonly hellos: HelloOk[] = [];
  readonly gaps: { expected: number; received: number }[] = [];
  readonly closes: { code: number; reason: string }[] = [];
  readonly errors: Error[] = [];
  readonly paused: (string | null)[] = [];
  private readonly client: GatewayClient;

  constructor(options: GatewayClientOptions) {
    this.client = new GatewayClient({
      mode: 'backend',
      scopes: ['operator.read', 'operator.write', 'operator.admin'],
      caps: ['tool-events'],
      platform: 'linux',
      env: {},
      deviceIdentity: null,
      ...options,
      onEvent: (event) => this.events.push(event),
      onHelloOk: (hello) => this.hellos.push(hello),
      onGap: (gap) => this.gaps.push(gap),
      onClose: (code, reason) => this.closes.push({ code, reason }),
      onConnectError: (error) => this.errors.push(error),
      onReconnectPaused: ({ detailCode }) => this.paused.push(detailCode),
    });
    this.client.start();
  }

  /** Waits until the gateway has let the client in. */
  async hello(): Promise<HelloOk> {
    return eventually(
      () => {
        const hello = this.hellos.at(-1);
        if (!hello) throw new Error(`No hello. ${String(this.errors.at(-1) ?? '')}`);
        return hello;
      },
      { timeoutMs: 30_000 },
    );
  }

  /** Calls a method; rejects with the official client's error. */
  async call(method: string, params: unknown = {}): Promise<Payload> {
    return this.client.request<Payload>(method, params);
  }

  /** Payloads of the events of this name received so far, oldest first; those of one run when it is given. */
  payloads(event: string, runId?: string): Payload[] {
    const payloads = this.events
      .filter((frame) => frame.event === event)
      .map((frame) => frame.payload as Payload);
    return runId === undefined ? payloads : payloads.filter((payload) => payload.runId === runId);
  }

  /** Waits until the run has ended and gives its last chat event. */
  async ending(runId: string, timeoutMs = 60_000): Promise<Payload> {
    const terminal = ['final', 'aborted', 'error'];
    return eventually(
      () => {
        const last = this.payloads('chat', runId).find(({ state }) => terminal.includes(state ?? ''));
        if (!last) throw new Error(`Run ${runId} has not ended.`);
        return last;
      },
      { timeoutMs },
    );
  }

  async stop(): Promise<void> {
    await this.client.stopAndWait().catch(() => undefined);
  }
}
