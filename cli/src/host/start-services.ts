import { setTimeout as delay } from 'node:timers/promises';
import { Health } from '@aether/contracts/operations';
import { migrateService, startService, type ServiceDefinition } from '@aether/runtime/service';
import { CommandError } from '../command-error.js';
import type { CliConfig } from '../config.js';
import { environmentOf, startEdge, type StackAddresses } from './services.js';
import { stage, type Report } from './stages.js';
import type { Undo } from './undo.js';

const READY_WITHIN_MS = 60_000;

interface StartParts {
  readonly config: CliConfig;
  readonly addresses: StackAddresses;
  readonly report: Report;
  readonly undo: Undo;
}

/** Brings every database to its newest schema, then starts the services side by side. */
export async function startServices(
  parts: StartParts & { readonly definitions: readonly ServiceDefinition[] },
): Promise<void> {
  const { config, addresses, definitions, report, undo } = parts;
  const of = (definition: ServiceDefinition) => environmentOf(definition.name, config, addresses);

  await stage(report, 'bringing the databases up to date', async () => {
    const run = await Promise.all(
      definitions.map((definition) => migrateService(definition, of(definition))),
    );
    const count = run.flat().length;
    return { told: `databases up to date${count ? ` (${count} migrations)` : ''}`, value: undefined };
  });
  await stage(report, 'starting the services', async () => {
    // Every other service asks auth for secrets as soon as it runs. The deployer is stopped first: the last turns of
    // its agents still need the others.
    const waves = [
      definitions.filter(({ name }) => name === 'auth'),
      definitions.filter(({ name }) => name !== 'auth' && name !== 'deployer'),
      definitions.filter(({ name }) => name === 'deployer'),
    ];
    for (const wave of waves) {
      const results = await Promise.allSettled(
        wave.map(async (definition) => {
          const service = await startService(definition, of(definition));
          undo.push(definition.name, () => service.stop());
        }),
      );
      for (const [index, result] of results.entries())
        if (result.status === 'rejected') throw didNotStart(wave[index]?.name ?? '', result.reason);
    }
    return { told: `${definitions.map(({ name }) => name).join(', ')} run`, value: undefined };
  });
}

/** Starts the edge and waits until it says that every part is well. */
export async function startEdgeWhenReady(parts: StartParts & { readonly url: string }): Promise<void> {
  const { config, addresses, url, report, undo } = parts;
  await stage(report, 'opening the address', async () => {
    const edge = await startEdge(config, addresses).catch((error: unknown) => {
      throw portTaken(error, addresses.gatewayPort) ?? didNotStart('gateway', error);
    });
    undo.push('gateway', () => edge.stop());
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      const health = await readHealth(url);
      if (health?.ready) return { told: `all parts ready at ${url}`, value: undefined };
      if (Date.now() > deadline) throw notReady(health);
      await delay(100);
    }
  });
}

async function readHealth(url: string): Promise<Health | null> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    return Health.parse(await response.json());
  } catch {
    return null;
  }
}

function didNotStart(name: string, cause: unknown): Error {
  return new Error(`${name} did not start: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}

function portTaken(error: unknown, port: number): CommandError | null {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return null;
  return new CommandError({
    code: 'port_taken',
    detail: `Port ${port} is used by another program.`,
    hint: 'End that program, or choose another port with AETHER_PORT.',
  });
}

function notReady(health: Health | null): Error {
  const faults = health?.checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
  return new Error(
    `The system did not become ready within ${READY_WITHIN_MS / 1_000} s (${faults?.join('; ') ?? 'no answer'}).`,
  );
}
