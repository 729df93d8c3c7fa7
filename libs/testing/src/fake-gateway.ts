import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  STATUS_CODES,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Admissions, type Admission } from './fake-gateway/admission.js';
import { Connection, PAYLOAD_BYTES_MAX, type ConnectionHost } from './fake-gateway/connection.js';
import { helloOf } from './fake-gateway/hello.js';
import { gatewayMethods, requireScope, type FakeAgent } from './fake-gateway/methods.js';
import { Pairings, type Challenge } from './fake-gateway/pairing.js';
import { invalidRequest, type Refusal } from './fake-gateway/refusal.js';
import { Sessions } from './fake-gateway/sessions.js';
import { Turns, type Publish, type TurnScript } from './fake-gateway/turns.js';

export { connectRefusals, Refusal } from './fake-gateway/refusal.js';
export type { TurnStep } from './fake-gateway/turns.js';

export interface FakeGatewayOptions {
  /** Default `fake-token`. */
  readonly token?: string;
  /** Default: one agent, `main`. */
  readonly agents?: readonly FakeAgent[];
  /** Takes every client for a remote one: no scopes without a device, and pairing. Default false. */
  readonly remote?: boolean;
  /** The one protocol that it speaks. Default 4. */
  readonly protocol?: number;
  /** Default `2026.9.6`. */
  readonly version?: string;
  /** Methods of the real gateway that it does not have, as an older one. Default none. */
  readonly lacks?: readonly string[];
  /** Plays the agent. Default: says "Hello from the agent." in four chunks. */
  readonly script?: TurnScript;
  /** Default: a free one. */
  readonly port?: number;
  /** Time for a client to send `connect`, in milliseconds. Default 15 000. */
  readonly handshakeTimeoutMs?: number;
  /** PEM of a certificate and its key, which make it speak TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Has a proxy in front that lets in only who shows this service token of Cloudflare Access. */
  readonly access?: { readonly clientId: string; readonly clientSecret: string };
}

type Override = (params: unknown) => unknown;

/**
 * A gateway that speaks protocol 4 and misbehaves on request. Held to the real one by
 * `test/gateway-contract.test.ts`.
 */
export class FakeGateway implements ConnectionHost {
  /** Every call, oldest first, `connect` not included. */
  readonly calls: { readonly method: string; readonly params: unknown }[] = [];
  /** Headers of every upgrade that was let through, oldest first. */
  readonly upgrades: IncomingHttpHeaders[] = [];
  readonly pairings = new Pairings();
  readonly turns: Turns;
  readonly token: string;
  private readonly sessions: Sessions;
  private readonly agents: readonly FakeAgent[];
  private readonly admissions: Admissions;
  private readonly methods: ReturnType<typeof gatewayMethods>;
  private readonly overrides = new Map<string, Override>();
  private readonly connections = new Set<Connection>();
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: PAYLOAD_BYTES_MAX });
  private server: Server | undefined;
  private bootId = randomUUID();
  private port: number;
  private isLostEvent: (event: string) => boolean = () => false;
  private connectRefusal: (() => Refusal) | undefined;
  private upgradeRefusal: UpgradeRefusal | undefined;

  private constructor(private readonly options: FakeGatewayOptions) {
    this.token = options.token ?? 'fake-token';
    this.port = options.port ?? 0;
    this.agents = options.agents ?? [{ id: 'main' }];
    this.sessions = new Sessions(() => this.agents.map(({ id }) => id));
    this.turns = new Turns(this.sessions, this.publish, options.script ?? sayHello);
    this.admissions = new Admissions(this.token, this.pairings, {
      remote: options.remote ?? false,
      protocol: options.protocol ?? 4,
    });
    const methods = gatewayMethods({ agents: this.agents, sessions: this.sessions, turns: this.turns });
    this.methods = new Map([...methods].filter(([name]) => !options.lacks?.includes(name)));
  }

  static async start(options: FakeGatewayOptions = {}): Promise<FakeGateway> {
    const gateway = new FakeGateway(options);
    await gateway.listen();
    return gateway;
  }

  get url(): string {
    return `${this.options.tls ? 'wss' : 'ws'}://127.0.0.1:${this.port}`;
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Connections that have finished the handshake. */
  get connected(): readonly Connection[] {
    return [...this.connections].filter((connection) => connection.isReady);
  }

  callsOf(method: string): unknown[] {
    return this.calls.filter((call) => call.method === method).map((call) => call.params);
  }

  /** Answers `method` in place of the gateway. A promise that never settles is a call that hangs. */
  override(method: string, answer: Override): void {
    this.overrides.set(method, answer);
  }

  /** Refuses connections with one of `connectRefusals`, until `acceptConnects`. */
  refuseConnects(refusal: () => Refusal): void {
    this.connectRefusal = refusal;
  }

  acceptConnects(): void {
    this.connectRefusal = undefined;
  }

  /** Refuses at the HTTP upgrade: 503 as a draining gateway does, 403 as for an untrusted proxy. */
  refuseUpgrades(
    status: number,
    body: unknown = { error: { type: 'refused', message: 'refused' } },
    headers: Readonly<Record<string, string>> = {},
  ): void {
    this.upgradeRefusal = { status, body, headers };
  }

  acceptUpgrades(): void {
    this.upgradeRefusal = undefined;
  }

  /** Sends an event to everybody. */
  emit(event: string, payload: unknown): void {
    for (const connection of this.connected) connection.sendEvent(event, payload);
  }

  /** Numbers the next `count` events of this name without sending them: the client sees a gap. */
  loseEvents(count: number, event = 'chat'): void {
    let left = count;
    this.isLostEvent = (name) => name === event && left-- > 0;
  }

  /** Closes every socket with this code, such as 1008, 1009 or 1013. */
  closeAll(code: number, reason = ''): void {
    for (const connection of this.connections) connection.close(code, reason);
  }

  /** Ends every socket without a word: clients see 1006. */
  dropAll(): void {
    for (const connection of this.connections) connection.drop();
  }

  /** Says goodbye, closes with 1012 and refuses TCP until `resume`. Turns under way are forgotten. */
  async shutDown(options: { restartExpectedMs?: number } = {}): Promise<void> {
    const restart = options.restartExpectedMs !== undefined;
    this.emit('shutdown', { reason: restart ? 'gateway restarting' : 'gateway stopping', ...options });
    this.closeAll(1012, 'service restart');
    await this.stopListening();
  }

  /** Ends as if killed: sockets drop, TCP is refused, run outcomes are forgotten; transcripts stay. */
  async crash(): Promise<void> {
    this.dropAll();
    await this.stopListening();
  }

  /** Comes back on the same port with the same transcripts and pairings, as a new boot. */
  async resume(): Promise<void> {
    this.bootId = randomUUID();
    await this.listen();
  }

  async stop(): Promise<void> {
    this.dropAll();
    if (this.server) await this.stopListening();
  }

  admit(params: unknown, challenge: Challenge): Admission {
    if (this.connectRefusal) throw this.connectRefusal();
    return this.admissions.admit(params, challenge);
  }

  hello(connection: Connection, admission: Admission): unknown {
    const methods = [...this.methods.keys()];
    const { protocol = 4, version = '2026.9.6' } = this.options;
    const self = { protocol, version, bootId: this.bootId, methods, agents: this.agents };
    return helloOf({ connId: connection.id, admission, ...self });
  }

  async call(connection: Connection, name: string, params: unknown): Promise<unknown> {
    this.calls.push({ method: name, params });
    const override = this.overrides.get(name);
    if (override) return override(params);
    const method = this.methods.get(name);
    // What the gateway does not know needs the highest scope.
    const scope = method ? method.scope : 'operator.admin';
    if (scope) requireScope(connection, scope);
    if (!method) throw invalidRequest(`unknown method: ${name}`);
    return method.handle(params ?? {}, connection);
  }

  isLost(event: string): boolean {
    return this.isLostEvent(event);
  }

  private readonly publish: Publish = ({ name, payload, audience, sessionKey, sender }) => {
    for (const connection of this.connected) {
      if (!connection.may('operator.read')) continue;
      const subscribed = connection.subscriptions.has(sessionKey);
      const scoped = connection.has('session-scoped-events');
      const hears = {
        watchers: !scoped || subscribed,
        subscribers: subscribed && !(name === 'session.tool' && connection === sender),
        sender: connection === sender && connection.has('tool-events'),
      };
      if (hears[audience]) connection.sendEvent(name, payload);
    }
  };

  private async listen(): Promise<void> {
    const { tls } = this.options;
    const answer = (request: IncomingMessage, response: ServerResponse) => this.answerHttp(request, response);
    const server = tls ? createTlsServer(tls, answer) : createServer(answer);
    server.on('upgrade', (request, socket, head) => this.upgrade({ request, socket, head }));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  private async stopListening(): Promise<void> {
    this.turns.forget();
    const server = this.server;
    this.server = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    // For clients that do not answer the close frame.
    const timer = setTimeout(() => this.dropAll(), 500);
    await closed;
    clearTimeout(timer);
  }

  private passesProxy({ headers }: IncomingMessage): boolean {
    const { access } = this.options;
    if (!access) return true;
    const { clientId, clientSecret } = access;
    return headers['cf-access-client-id'] === clientId && headers['cf-access-client-secret'] === clientSecret;
  }

  private answerHttp(request: IncomingMessage, response: ServerResponse): void {
    const bodies: Readonly<Record<string, unknown>> = {
      '/healthz': { ok: true, status: 'live' },
      '/readyz': { ready: true },
      '/startupz': { ok: true, status: 'started', version: '2026.9.6', uptimeMs: 1_000 },
    };
    const body = bodies[request.url ?? ''];
    const draining = this.upgradeRefusal?.status === 503 && request.url === '/readyz';
    const status = body === undefined ? 404 : draining ? 503 : 200;
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(body ?? { error: 'not found' }));
  }

  private upgrade({
    request,
    socket,
    head,
  }: {
    request: IncomingMessage;
    socket: Duplex;
    head: Buffer;
  }): void {
    const refusal = this.upgradeRefusal ?? (this.passesProxy(request) ? undefined : SIGN_IN_ELSEWHERE);
    if (refusal) {
      const { status, body, headers: more = {} } = refusal;
      const text = JSON.stringify(body);
      const headers = { 'content-type': 'application/json', 'content-length': text.length, ...more };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}`);
      socket.end(`connection: close\r\n\r\n${text}`);
      return;
    }
    this.upgrades.push(request.headers);
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(webSocket, this, this.options.handshakeTimeoutMs ?? 15_000);
      this.connections.add(connection);
      webSocket.once('close', () => this.connections.delete(connection));
    });
  }
}

interface UpgradeRefusal {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How Cloudflare Access refuses: with a page to sign in at. */
const SIGN_IN_ELSEWHERE: UpgradeRefusal = { status: 302, body: {} };

function* sayHello() {
  for (const text of ['Hello', ' from', ' the', ' agent.']) yield { text };
}
