import { once } from 'node:events';
import type { LiveClientFrame, LiveServerFrame } from '@aether/contracts/live-frames';
import { eventually } from '@aether/testing/eventually';
import { WebSocket, type ClientOptions } from 'ws';

export type Frame = Extract<LiveServerFrame, { type: 'frame' }>;
type FrameOf<T extends LiveServerFrame['type']> = Extract<LiveServerFrame, { type: T }>;

/** One socket of a test, with everything it was told. */
export class LiveClient {
  readonly received: LiveServerFrame[] = [];
  closed: { code: number; reason: string } | null = null;

  private constructor(readonly ws: WebSocket) {
    ws.on('message', (data: Buffer) => this.received.push(JSON.parse(data.toString()) as LiveServerFrame));
    ws.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    ws.on('error', () => undefined);
  }

  static async open(url: string, options: ClientOptions & { token?: string } = {}): Promise<LiveClient> {
    const { token, headers, ...rest } = options;
    const ws = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, {
      ...rest,
      headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) },
    });
    const client = new LiveClient(ws);
    await once(ws, 'open');
    return client;
  }

  send(frame: LiveClientFrame): void {
    this.ws.send(JSON.stringify(frame));
  }

  of<T extends LiveServerFrame['type']>(type: T): FrameOf<T>[] {
    return this.received.filter((frame): frame is FrameOf<T> => frame.type === type);
  }

  async first<T extends LiveServerFrame['type']>(type: T): Promise<FrameOf<T>> {
    return eventually(() => {
      const [frame] = this.of(type);
      if (!frame) throw new Error(`no ${type} among ${JSON.stringify(this.received.slice(-5))}`);
      return frame;
    });
  }

  async subscribe(topic: string, after?: string): Promise<FrameOf<'subscribed'>> {
    const before = this.of('subscribed').length;
    this.send({ type: 'subscribe', topic, ...(after !== undefined && { after }) });
    return eventually(() => {
      const frame = this.of('subscribed')[before];
      if (!frame) throw new Error(`not subscribed: ${JSON.stringify(this.received.slice(-5))}`);
      return frame;
    });
  }

  async close(): Promise<void> {
    if (this.ws.readyState === this.ws.CLOSED) return;
    this.ws.terminate();
    await once(this.ws, 'close');
  }
}

/** Status and body of a refused upgrade. */
export async function refusedUpgrade(
  url: string,
  options: ClientOptions & { token?: string } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const { token, headers, ...rest } = options;
  const ws = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, {
    ...rest,
    headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) },
  });
  return new Promise((resolve, reject) => {
    ws.on('error', () => undefined);
    ws.on('open', () => reject(new Error('the upgrade was not refused')));
    ws.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (data: Buffer) => (text += data.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> }),
      );
    });
  });
}
