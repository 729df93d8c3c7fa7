import { once } from 'node:events';
import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import type { ConnectParams, HelloOk } from '@openclaw/gateway-protocol';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { z } from 'zod';

/** What a gateway asks a device to sign. */
export interface Challenge {
  readonly nonce: string;
  readonly ts: number;
}

/** The first request of a client. */
export interface ConnectFrame {
  readonly method: string;
  readonly params: ConnectParams;
}

/** Any request after the first. */
export interface RequestFrame {
  readonly method: string;
  readonly params: object;
}

const ChallengeFrame = z.looseObject({
  event: z.literal('connect.challenge'),
  payload: z.looseObject({ nonce: z.string(), ts: z.number() }),
});

const HelloFrame = z.looseObject({ payload: z.looseObject({ type: z.literal('hello-ok') }) });

/** An address of this machine that is not loopback: who connects from it is remote to a gateway. */
export function addressOfThisMachine(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal);
  if (!found) throw new Error('This machine has no address but loopback.');
  return found.address;
}

/**
 * Stands before a gateway and changes what passes, so that a client that behaves well provokes what the gateway answers
 * to one that does not. The gateway sees connections come from the address that the proxy reaches it by.
 */
export class TamperingProxy {
  /** Headers that upgrades get, as a proxy adds them. */
  headers: Readonly<Record<string, string>> = {};
  /** Changes what the client is asked to sign. */
  challenge: (challenge: Challenge) => Challenge = (challenge) => challenge;
  /** Changes the first request. A text is sent in its place as it is, and for null nothing. */
  connect: (frame: ConnectFrame, challenge: Challenge) => object | string | null = (frame) => frame;
  /** Changes what the gateway says of itself once it has let the client in. */
  hello: (hello: HelloOk) => HelloOk = (hello) => hello;
  /** Changes the requests after the first. */
  request: (frame: RequestFrame) => RequestFrame = (frame) => frame;
  private readonly sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  private readonly upstreams = new Set<WebSocket>();

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  /** In front of `port` at `host`, an address of this machine. */
  static async start(host: string, port: number): Promise<TamperingProxy> {
    const server = createServer((_request, response) => response.writeHead(404).end());
    const proxy = new TamperingProxy(server, `ws://${host}:${port}`);
    server.on('upgrade', (request, socket, head) => proxy.pass(request, socket, head));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Passes everything on unchanged again. */
  behave(): void {
    this.headers = {};
    this.challenge = (challenge) => challenge;
    this.connect = (frame) => frame;
    this.hello = (hello) => hello;
    this.request = (frame) => frame;
  }

  /** Sends the gateway a frame over every connection, as if the client had. */
  inject(text: string): void {
    for (const upstream of this.upstreams) upstream.send(text);
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of [...this.upstreams, ...this.sockets.clients]) socket.terminate();
    this.server.closeAllConnections();
    await closed;
  }

  private pass(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const upstream = new WebSocket(this.target, { headers: this.headers, perMessageDeflate: false });
    socket.on('error', () => upstream.terminate());
    upstream.on('error', () => socket.destroy());
    upstream.on('unexpected-response', (_request, answer) => {
      socket.write(`HTTP/1.1 ${answer.statusCode} ${STATUS_CODES[answer.statusCode ?? 0] ?? ''}\r\n`);
      socket.write('connection: close\r\n\r\n');
      answer.pipe(socket);
    });
    upstream.once('open', () =>
      this.sockets.handleUpgrade(request, socket, head, (client) => this.join(client, upstream)),
    );
  }

  private join(client: WebSocket, upstream: WebSocket): void {
    this.upstreams.add(upstream);
    let asked: Challenge | undefined;
    let isFirst = true;
    let isIn = false;
    upstream.on('message', (data: RawData) => {
      const text = textOf(data);
      const challenge = asked ? undefined : ChallengeFrame.safeParse(JSON.parse(text)).data;
      asked ??= challenge?.payload;
      const hello = isIn ? undefined : HelloFrame.safeParse(JSON.parse(text)).data;
      isIn ||= hello !== undefined;
      if (challenge)
        client.send(JSON.stringify({ ...challenge, payload: this.challenge(challenge.payload) }));
      else if (hello)
        client.send(JSON.stringify({ ...hello, payload: this.hello(hello.payload as unknown as HelloOk) }));
      else client.send(text);
    });
    client.on('message', (data: RawData) => {
      const sent = isFirst && asked ? this.first(data, asked) : this.later(data);
      isFirst = false;
      if (sent !== null) upstream.send(sent);
    });
    upstream.once('close', (code, reason) => {
      this.upstreams.delete(upstream);
      closeLike(client, code, reason);
    });
    client.once('close', (code, reason) => closeLike(upstream, code, reason));
    client.on('error', () => upstream.terminate());
  }

  private first(data: RawData, asked: Challenge): string | null {
    const changed = this.connect(JSON.parse(textOf(data)) as ConnectFrame, asked);
    return typeof changed === 'object' && changed ? JSON.stringify(changed) : changed;
  }

  private later(data: RawData): string {
    return JSON.stringify(this.request(JSON.parse(textOf(data)) as RequestFrame));
  }
}

/** A close code says how; without one the connection broke. */
function closeLike(socket: WebSocket, code: number, reason: Buffer): void {
  if (code === 1006) socket.terminate();
  else if (code === 1005) socket.close();
  else socket.close(code, reason);
}

function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString();
}
