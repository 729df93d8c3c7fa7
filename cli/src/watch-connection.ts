import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '@aether/contracts/openclaw';
import type { Api } from './api.js';

const ASK_EVERY_MS = 1_000;
/** How long a connection that tries again by itself is looked at. */
const SETTLES_WITHIN_MS = 15_000;

/** Looks at a connection until it stands, is refused, or has tried for a while; as long as it takes while it pairs. */
export async function watchConnection(
  api: Api,
  connection: Connection,
  onChange: (connection: Connection) => void,
): Promise<Connection> {
  const until = Date.now() + SETTLES_WITHIN_MS;
  let latest = connection;
  for (;;) {
    onChange(latest);
    const { state } = latest;
    if (state === 'connected' || state === 'refused' || state === 'closed') return latest;
    if (state !== 'pairing' && Date.now() > until) return latest;
    await delay(ASK_EVERY_MS);
    latest = await api.call('GET /api/v1/connections/{id}', { id: connection.id });
  }
}
