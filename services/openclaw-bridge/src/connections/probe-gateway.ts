import type { ProbeReport, Reason } from '@aether/contracts/openclaw';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { AgentList } from '../gateway/frames.js';
import { explainScopes } from '../gateway/offers.js';
import {
  GatewayClients,
  type GatewayAddress,
  type GatewayClient,
  type Hello,
} from '../gateway/gateway-client.js';
import { CLOCK } from '../tokens.js';
import { ConnectionHub } from './connection-hub.js';
import type { ConnectionRow } from './connection.entity.js';
import { ConnectionRepository } from './connection.repository.js';
import { Devices, deployedAt } from './devices.js';
import { TokenUnreadable } from './gateway-secrets.js';
import { ProbeFailed, Probing } from './probing.js';

const HTTP_WITHIN_MS = 5_000;
const HANDSHAKE_WITHIN_MS = 15_000;

interface Target {
  readonly deploymentId: string;
  readonly url: string;
  readonly tokenSecretId: string;
}

/** Probes the whole protocol: HTTP, handshake, scopes, one call. Tells what it found and never throws. */
@Injectable()
export class ProbeGateway {
  constructor(
    private readonly clients: GatewayClients,
    private readonly devices: Devices,
    private readonly connections: ConnectionRepository,
    private readonly hub: ConnectionHub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Over a connection of its own, as before the first real one. */
  async execute(input: Target & { connectionId?: string }): Promise<ProbeReport> {
    const probing = new Probing(this.clock.now());
    const report = await probing.report(async () => {
      await probing.check('http', () => readiness(input.url));
      await this.throughProtocol(probing, () => this.addressOf(input));
    });
    if (input.connectionId && (await this.connections.find(input.connectionId)))
      await this.connections.recordProbe(input.connectionId, report);
    return report;
  }

  /** An address that is not kept: the device it shows is forgotten again. */
  async address(address: GatewayAddress): Promise<ProbeReport> {
    const probing = new Probing(this.clock.now());
    return probing.report(() => this.throughProtocol(probing, () => Promise.resolve(address)));
  }

  /** Over the connection that is held anyway, so that a probe a minute costs the gateway next to nothing. */
  async held(row: ConnectionRow): Promise<ProbeReport> {
    const probing = new Probing(this.clock.now());
    const report = await probing.report(async () => {
      // What a remote one tells over HTTP may belong to whatever stands before it.
      if (row.kind === 'deployed') await probing.check('http', () => readiness(row.url));
      const { hello } = await probing.check('handshake', async () => {
        const hello = this.hub.hello(row.id);
        if (!hello) throw new ProbeFailed(row.reason ?? NOT_YET);
        return Promise.resolve({ hello, detail: versionOf(hello) });
      });
      probing.gatewayVersion = hello.version;
      await probing.check('scopes', () => scopesOf(hello));
      await probing.check('call', async () => {
        await this.hub.request(row.id, 'health', { params: {}, timeoutMs: HTTP_WITHIN_MS });
        return { detail: null };
      });
    });
    await this.connections.recordProbe(row.id, report);
    return report;
  }

  private async throughProtocol(probing: Probing, addressOf: () => Promise<GatewayAddress>): Promise<void> {
    const { hello, client } = await probing.check('handshake', async () => {
      const done = await this.shakeHands(await addressOf());
      return { ...done, detail: versionOf(done.hello) };
    });
    probing.gatewayVersion = hello.version;
    try {
      await probing.check('scopes', () => scopesOf(hello));
      await probing.check('call', async () => {
        const { agents } = AgentList.parse(await client.request('agents.list', {}, HTTP_WITHIN_MS));
        return { detail: `${agents.length} ${agents.length === 1 ? 'agent' : 'agents'}` };
      });
    } finally {
      await client.close();
    }
  }

  private async addressOf(target: Target): Promise<GatewayAddress> {
    return this.devices.addressOf(deployedAt(target)).catch((error: unknown) => {
      throw error instanceof TokenUnreadable ? new ProbeFailed(error.reason) : error;
    });
  }

  /** Rejects with the first lasting reason; passing ones, such as starting, are waited out until the time is up. */
  private shakeHands(address: GatewayAddress): Promise<{ client: GatewayClient; hello: Hello }> {
    return new Promise((resolve, reject) => {
      let passing: Reason = TOO_SLOW;
      const fail = (reason: Reason) => {
        clearTimeout(timer);
        void client.close();
        reject(new ProbeFailed(reason));
      };
      const client = this.clients.create(address, {
        onReady: (hello) => {
          clearTimeout(timer);
          resolve({ client, hello });
        },
        onDown: ({ code, cause, remedy, retry }) => {
          if (retry === 'soon') passing = { code, cause, remedy };
          else fail({ code, cause, remedy });
        },
        onEvent: () => undefined,
        onGap: () => undefined,
      });
      const timer = setTimeout(() => fail(passing), HANDSHAKE_WITHIN_MS);
      client.open();
    });
  }
}

const NOT_YET: Reason = {
  code: 'connecting',
  cause: 'The connection is being opened.',
  remedy: 'Nothing to do: wait a moment.',
};
const TOO_SLOW: Reason = {
  code: 'handshake_timeout',
  cause: `The gateway did not finish the handshake within ${HANDSHAKE_WITHIN_MS / 1_000} s.`,
  remedy: 'See the agent’s log; a busy machine may need longer.',
};

function versionOf({ version, protocol }: Hello): string {
  return `OpenClaw ${version}, protocol ${protocol}`;
}

async function scopesOf({ scopes }: Hello): Promise<{ detail: string }> {
  const withheld = explainScopes(scopes);
  if (withheld) throw new ProbeFailed(withheld);
  return Promise.resolve({ detail: scopes.join(', ') });
}

async function readiness(url: string): Promise<{ detail: string }> {
  const address = new URL('/readyz', url.replace(/^ws/, 'http'));
  const response = await fetch(address, { signal: AbortSignal.timeout(HTTP_WITHIN_MS) }).catch(() => {
    throw new ProbeFailed({
      code: 'not_listening',
      cause: 'The gateway does not answer over HTTP.',
      remedy: 'See whether the agent runs, and its log.',
    });
  });
  await response.body?.cancel();
  if (response.ok) return { detail: `${response.status}` };
  throw new ProbeFailed({
    code: 'not_ready',
    cause: `The gateway answers ${response.status} on /readyz.`,
    remedy: 'Wait until it has started; see the agent’s log.',
  });
}
