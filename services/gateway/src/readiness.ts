import { type Health, Health as HealthSchema } from '@aether/contracts/operations';
import { catalogs } from '@aether/contracts/topology';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { checkHealth, standardChecks, type HealthCheck } from '@aether/runtime/health';
import { Injectable } from '@nestjs/common';

/** Probes come from everywhere at once: all of them within this time share one answer. */
const SHARED_MS = 1_000;

/** Ready where NATS is there and every owner says that it is well. */
@Injectable()
export class Readiness {
  private shared: Promise<Health> | null = null;
  private askedAtMs = 0;
  private stopping = false;

  constructor(private readonly messaging: Messaging) {}

  /** From now on not ready, so that balancers send their requests elsewhere. */
  beginStop(): void {
    this.stopping = true;
  }

  async check(): Promise<Health> {
    if (this.stopping)
      return { ready: false, checks: [{ name: 'gateway', ok: false, detail: 'shutting down' }] };
    if (!this.shared || Date.now() - this.askedAtMs > SHARED_MS) {
      this.askedAtMs = Date.now();
      this.shared = checkHealth({ ...standardChecks({ messaging: this.messaging }), ...this.ownerChecks() });
    }
    return this.shared;
  }

  private ownerChecks(): Record<string, HealthCheck> {
    return Object.fromEntries(
      catalogs.flatMap(({ owner, requests }) => {
        const contract = requests.getHealth;
        if (!contract) return [];
        const check: HealthCheck = async () => {
          const health = HealthSchema.parse(
            await this.messaging.call(contract, {}, serviceContext('gateway')),
          );
          const faults = health.checks
            .filter(({ ok }) => !ok)
            .map(({ name, detail }) => `${name}: ${detail ?? 'not well'}`);
          return health.ready ? null : faults.join('; ');
        };
        return [[owner, check]];
      }),
    );
  }
}
