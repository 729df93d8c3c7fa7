import { authRequests } from '@aether/contracts/auth';
import type { ProbeReport, Reason } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { AgentList } from '../gateway/frames.js';
import { explainScopes } from '../gateway/down-reasons.js';
import { GatewayClients, type GatewayClient, type Hello } from '../gateway/gateway-client.js';
import { CLOCK } from '../tokens.js';

const HTTP_WITHIN_MS = 5_000;
const HANDSHAKE_WITHIN_MS = 15_000;

type Check = ProbeReport['checks'][number];

/** A check that failed, with the reason to show. */
class Failed extends Error {
  constructor(readonly reason: Reason) {
    super(reason.cause);
  }
}

/** Probes the whole protocol: HTTP, handshake, scopes, one call. Tells what it found and never throws. */
@Injectable()
export class ProbeGateway {
  constructor(
    private readonly clients: GatewayClients,
    private readonly messaging: Messaging,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: { url: string; tokenSecretId: string }, context: Context): Promise<ProbeReport> {
    const { value: token } = await this.messaging.call(
      authRequests.revealSecret,
      { id: input.tokenSecretId },
      context,
    );
    const checks: Check[] = [];
    let client: GatewayClient | null = null;
    let hello: Hello | null = null;
    const check = async (name: Check['name'], work: () => Promise<string | null>) => {
      const begun = performance.now();
      const done = (ok: boolean, detail: string | null) =>
        checks.push({ name, ok, ms: Math.round((performance.now() - begun) * 10) / 10, detail });
      try {
        done(true, await work());
      } catch (error) {
        done(false, (error as Error).message);
        throw error;
      }
    };
    try {
      await check('http', () => readiness(input.url));
      await check('handshake', async () => {
        ({ client, hello } = await this.shakeHands(input.url, token));
        return `OpenClaw ${hello.version}, protocol ${hello.protocol}`;
      });
      const { scopes } = hello as unknown as Hello;
      await check('scopes', async () => {
        const withheld = explainScopes(scopes);
        if (withheld) throw new Failed(withheld);
        return scopes.join(', ');
      });
      const connected = client as unknown as GatewayClient;
      await check('call', async () => {
        const { agents } = AgentList.parse(await connected.request('agents.list', {}, HTTP_WITHIN_MS));
        return `${agents.length} ${agents.length === 1 ? 'agent' : 'agents'}`;
      });
      return this.report(checks, hello, null);
    } catch (error) {
      return this.report(checks, hello, error instanceof Failed ? error.reason : unexplained(error));
    } finally {
      await (client as GatewayClient | null)?.close();
    }
  }

  private report(checks: Check[], hello: Hello | null, reason: Reason | null): ProbeReport {
    return {
      ok: reason === null,
      at: this.clock.now().toISOString(),
      checks,
      reason,
      gatewayVersion: hello?.version ?? null,
    };
  }

  /** A connection of its own, ready to be asked; rejects with the first reason that it is down for. */
  private shakeHands(url: string, token: string): Promise<{ client: GatewayClient; hello: Hello }> {
    return new Promise((resolve, reject) => {
      const fail = (reason: Reason) => {
        clearTimeout(timer);
        void client.close();
        reject(new Failed(reason));
      };
      const client = this.clients.create(
        { url, token },
        {
          onReady: (hello) => {
            clearTimeout(timer);
            resolve({ client, hello });
          },
          onDown: ({ code, cause, remedy, retry }) => {
            // A gateway that is still starting says so; the time-out bounds how long that may go on.
            if (retry !== 'soon') fail({ code, cause, remedy });
          },
          onEvent: () => undefined,
          onGap: () => undefined,
        },
      );
      const timer = setTimeout(
        () =>
          fail({
            code: 'handshake_timeout',
            cause: `The gateway did not finish the handshake within ${HANDSHAKE_WITHIN_MS / 1_000} s.`,
            remedy: 'See the agent’s log; a busy machine may need longer.',
          }),
        HANDSHAKE_WITHIN_MS,
      );
      client.open();
    });
  }
}

async function readiness(url: string): Promise<string> {
  const address = new URL('/readyz', url.replace(/^ws/, 'http'));
  const response = await fetch(address, { signal: AbortSignal.timeout(HTTP_WITHIN_MS) }).catch(
    (cause: unknown) => {
      throw new Failed({
        code: 'not_listening',
        cause: 'The gateway does not answer over HTTP.',
        remedy: `See the agent’s log. (${cause instanceof Error ? cause.message : String(cause)})`,
      });
    },
  );
  if (response.ok) return `${response.status}`;
  throw new Failed({
    code: 'not_ready',
    cause: `The gateway answers ${response.status} on /readyz.`,
    remedy: 'Wait until it has started; see the agent’s log.',
  });
}

function unexplained(error: unknown): Reason {
  const cause = error instanceof Error ? error.message : String(error);
  return { code: 'call_failed', cause, remedy: 'See the agent’s log.' };
}
