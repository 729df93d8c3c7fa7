import type { ProbeReport, Reason } from '@aether/contracts/openclaw';
import { GatewayRequestError } from '../gateway/gateway-client.js';
import { explainRefusal } from '../gateway/refused-request.js';

type Check = ProbeReport['checks'][number];

/** A check that failed, with the reason to show. */
export class ProbeFailed extends Error {
  override readonly name = 'ProbeFailed';

  constructor(readonly reason: Reason) {
    super(reason.cause);
  }
}

/** Gathers the checks of one probe, each with the time it took, up to the first that fails. */
export class Probing {
  gatewayVersion: string | null = null;
  private readonly checks: Check[] = [];

  constructor(private readonly at: Date) {}

  async check<T extends { detail: string | null }>(name: Check['name'], work: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    const done = (ok: boolean, detail: string | null) =>
      this.checks.push({ name, ok, ms: Math.round((performance.now() - begun) * 10) / 10, detail });
    try {
      const result = await work();
      done(true, result.detail);
      return result;
    } catch (error) {
      done(false, messageOf(error));
      throw error;
    }
  }

  /** Runs the checks; whatever they throw becomes the report's reason. */
  async report(checks: () => Promise<void>): Promise<ProbeReport> {
    let reason: Reason | null = null;
    try {
      await checks();
    } catch (error) {
      reason = error instanceof ProbeFailed ? error.reason : unexplained(error);
    }
    return {
      ok: reason === null,
      at: this.at.toISOString(),
      checks: this.checks,
      reason,
      gatewayVersion: this.gatewayVersion,
    };
  }
}

function unexplained(error: unknown): Reason {
  const told = error instanceof GatewayRequestError ? explainRefusal(error) : null;
  return told ?? { code: 'call_failed', cause: messageOf(error), remedy: 'See the agent’s log.' };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
