import { expect, test } from '@jest/globals';
import { newId } from '@aether/messaging/id';
import { migrateService } from '@aether/runtime/service';
import { testDatabase } from '@aether/testing/environment';
import { AGENT_STATE } from '../src/pool/pool-agent.entity.js';
import { orchestratorService } from '../src/service.js';

const now = new Date().toISOString();
const agent = (name: string, more: object = {}) => ({
  ...{ id: newId(), deployment_id: newId(), agent_id: 'main', name, enabled: true, online: true },
  ...{ given_capabilities: [], reported_capabilities: [], given_workplace: 'worktree', record: {} },
  ...{ concurrency: 1, accepted: 0, failed: 0, cost_usd: 0, updated_at: now },
  ...more,
});
const attempt = (by: { id: string }, state: string, finished_at: string | null = null) => ({
  ...{ id: newId(), mission_id: newId(), task_id: newId(), number: 1, agent: { id: by.id }, choice: {} },
  ...{ state, ports: [], created_by: 'ada', visibility: 'open', correlation_id: newId(), nudges: 0 },
  ...{ taken: 0, acts: 0, token: newId(), created_at: now, updated_at: now, finished_at },
});

test('agents are counted by what they are at', async () => {
  const database = await testDatabase('orchestrator');
  const settings = { NATS_URL: 'nats://127.0.0.1:1', NATS_PASSWORD: 'x', DATABASE_URL: database.url };
  await migrateService(orchestratorService, { ...settings, DATA_DIR: '/tmp' });
  const insert = (table: string, row: object) =>
    database.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`, [row]);
  const [working, reviewed, done] = [agent('working'), agent('reviewed'), agent('done')];
  const others = [agent('off', { enabled: false }), agent('away', { online: false })];
  for (const row of [working, reviewed, done, ...others]) await insert('pool_agent', row);
  await insert('attempt', attempt(working, 'working'));
  await insert('attempt', attempt(reviewed, 'reviewing'));
  await insert('attempt', attempt(done, 'working', now));
  const rows = await database.query(`SELECT name, ${AGENT_STATE} AS state FROM pool_agent row ORDER BY name`);
  expect(rows.map(({ name, state }) => [name, state])).toEqual([
    ['away', 'offline'],
    ['done', 'idle'],
    ['off', 'disabled'],
    ['reviewed', 'idle'],
    ['working', 'working'],
  ]);
  await database.drop();
});
