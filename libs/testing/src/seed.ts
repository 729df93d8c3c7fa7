import type { MissionState, TaskState } from '@aether/contracts/mission-schemas';
import { databaseUrl } from '@aether/local-stack/databases';
import { openStackState } from '@aether/local-stack/stack-state';
import { newId } from '@aether/messaging/id';
import { Client } from 'pg';
import { logLines, messageTexts } from './seed-texts.js';

type Owner = 'missions' | 'openclaw-bridge' | 'deployer';
type Row = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;
const BATCH = 1_000;

/** How many of a hundred missions are in which state, and what their three tasks are then. */
const shares: readonly (readonly [number, MissionState, readonly [TaskState, TaskState, TaskState]])[] = [
  [80, 'completed', ['accepted', 'accepted', 'accepted']],
  [5, 'failed', ['accepted', 'failed', 'cancelled']],
  [5, 'draft', ['waiting', 'waiting', 'waiting']],
  [4, 'cancelled', ['accepted', 'cancelled', 'cancelled']],
  [3, 'running', ['accepted', 'waiting', 'waiting']],
  [2, 'proposed', ['waiting', 'waiting', 'waiting']],
  [1, 'paused', ['accepted', 'waiting', 'waiting']],
];

/**
 * Connects to a service's database of a local system, by its data directory, to bring in more rows than its
 * requests would in the time. The rows are as the service writes them; no event tells of them.
 */
export async function openDatabase(dataDir: string, owner: Owner): Promise<Client> {
  const state = await openStackState(dataDir);
  const name = `aether_${owner.replaceAll('-', '_')}`;
  const server = `postgres://127.0.0.1:${await state.port('postgres')}/`;
  const password = await state.secret(`database-${owner}`);
  const client = new Client({ connectionString: databaseUrl(server, { name, role: name, password }) });
  await client.connect();
  return client;
}

/** Missions with three tasks each, nearly all of them ended; their ids, the newest last. */
export async function seedMissions(database: Client, count: number, createdBy: string): Promise<string[]> {
  const missions: Row[] = [];
  const tasks: Row[] = [];
  for (let index = 0; index < count; index += 1) {
    const [mission, ...itsTasks] = missionRows(index, { count, createdBy });
    missions.push(mission);
    tasks.push(...itsTasks);
  }
  await insert(database, 'mission', missions);
  await insert(database, 'task', tasks);
  return missions.map(({ id }) => id as string);
}

/** A chat of a gateway that is away, with its messages; the id of the chat. */
export async function seedChat(database: Client, count: number, createdBy: string): Promise<string> {
  const id = newId();
  const messages = Array.from({ length: count }, (_, index): Row => {
    const at = new Date(Date.now() - (count - index) * 60_000).toISOString();
    const isReply = index % 2 === 1;
    return {
      id: newId(),
      chat_id: id,
      seq: index + 1,
      role: isReply ? 'assistant' : 'user',
      text: `${index + 1}: ${messageTexts[index % messageTexts.length]}`,
      state: 'complete',
      tool_calls: isReply && index % 10 === 9 ? [toolCall] : [],
      attachments: [],
      created_at: at,
      finished_at: at,
    };
  });
  const now = new Date().toISOString();
  await insert(database, 'chat', [
    {
      id,
      connection_id: newId(),
      deployment_id: newId(),
      agent_id: 'main',
      title: 'A long talk',
      visibility: 'private',
      last_seq: count,
      created_by: createdBy,
      created_at: now,
      updated_at: now,
    },
  ]);
  await insert(database, 'message', messages);
  return id;
}

/** A deployment that was stopped, with its log; its id. */
export async function seedLog(database: Client, count: number, createdBy: string): Promise<string> {
  const id = newId();
  const now = new Date().toISOString();
  await insert(database, 'deployment', [
    {
      id,
      name: 'talkative',
      template: 'general',
      runtime: 'process',
      model: 'default',
      settings: {},
      visibility: 'open',
      capabilities: [],
      state: 'stopped',
      operation: 'stop',
      operation_id: newId(),
      supervised: false,
      correlation_id: newId(),
      steps: [],
      reserved_mb: 0,
      restarts: [],
      lease_fence: 0,
      version: 1,
      created_by: createdBy,
      created_at: now,
      updated_at: now,
    },
  ]);
  const lines = Array.from({ length: count }, (_, index): Row => {
    const { level, text } = logLines[index % logLines.length] ?? { level: 'info', text: '' };
    return {
      deployment_id: id,
      seq: index + 1,
      source: 'process',
      level,
      text: `${text} (${index + 1})`,
      noise: false,
      at: new Date(Date.now() - (count - index) * 100).toISOString(),
    };
  });
  await insert(database, 'log_line', lines);
  await insert(database, 'log_cursor', [{ deployment_id: id, last_seq: count, position: '' }]);
  return id;
}

/** Events as a service's transaction leaves them for its relay, which takes them at its next look. */
export async function writeEvents(
  database: Client,
  events: readonly { readonly subject: string; readonly payload: unknown }[],
): Promise<void> {
  const headers = {
    'x-actor-type': 'service',
    'x-actor-id': 'orchestrator',
    'x-correlation-id': newId(),
  };
  const rows = events.map((event) => ({ id: newId(), headers, created_at: new Date(), ...event }));
  await insert(database, 'outbox', rows);
}

const toolCall = {
  id: 'call-1',
  name: 'read',
  args: { path: 'src/app.ts' },
  result: 'export const app = 1;',
  isError: false,
};

function missionRows(index: number, of: { count: number; createdBy: string }): [Row, ...Row[]] {
  const id = newId();
  const [, state, taskStates] = shareOf((index * 37) % 100);
  const created = new Date(Date.now() - (of.count - index) * 60_000).toISOString();
  const isOver = state === 'completed' || state === 'failed' || state === 'cancelled';
  const tasks = taskStates.map((taskState, at) => taskRow({ missionId: id, at, state: taskState, created }));
  tasks.forEach((task, at) => Object.assign(task, { depends_on: at === 0 ? [] : [tasks[at - 1]?.id] }));
  const mission = {
    id,
    title: `Mission ${index + 1}: ${messageTexts[index % messageTexts.length]?.split('\n')[0]?.slice(0, 90)}`,
    goal: messageTexts[index % messageTexts.length],
    priority: index % 20 === 0 ? 'high' : 'normal',
    labels: index % 7 === 0 ? ['nightly'] : [],
    autonomy: 'propose',
    acceptance: 'checks',
    deploy_missing: false,
    checks: [],
    workspace: { setup: null, setupTimeoutS: 600, include: [], ports: 0, permissions: 'full' },
    budget: { tokens: null, costUsd: null, wallMinutes: null, attempts: null },
    spent_tokens: isOver ? 12_000 + index : 0,
    spent_usd: isOver ? 0.12 : 0,
    spent_attempts: isOver ? 3 : 0,
    state,
    reason:
      state === 'failed'
        ? { code: 'task_failed', cause: 'A task failed three times.', remedy: 'Look at its attempts.' }
        : null,
    waits_for: isOver ? null : 'a person',
    deadline_at: isOver ? null : new Date(Date.now() + 7 * DAY_MS).toISOString(),
    tasks: counted(taskStates),
    report: state === 'completed' ? 'All tasks were accepted.' : null,
    delivery: 'none',
    visibility: 'open',
    last_seq: 0,
    version: 1,
    created_by: of.createdBy,
    created_at: created,
    started_at: state === 'draft' || state === 'proposed' ? null : created,
    finished_at: isOver ? created : null,
    updated_at: created,
  };
  return [mission, ...tasks];
}

function shareOf(place: number): (typeof shares)[number] {
  let end = 0;
  for (const share of shares) {
    end += share[0];
    if (place < end) return share;
  }
  throw new Error('the shares do not make a hundred');
}

function counted(states: readonly TaskState[]): Record<TaskState, number> {
  const counts = { waiting: 0, running: 0, asking: 0, reported: 0, accepted: 0, failed: 0, cancelled: 0 };
  for (const state of states) counts[state] += 1;
  return counts;
}

function taskRow(task: { missionId: string; at: number; state: TaskState; created: string }): Row {
  const { missionId, at, state, created } = task;
  return {
    id: newId(),
    mission_id: missionId,
    key: `task-${at + 1}`,
    kind: 'work',
    title: ['Read what is there', 'Change it', 'Prove it'][at],
    instructions: 'As the goal says.',
    // Nobody has it, so that nobody begins.
    requires: ['seeded'],
    prefers: [],
    checks: [],
    estimate_minutes: 10,
    state,
    attempts: state === 'waiting' ? 0 : 1,
    attempt_id: state === 'waiting' ? null : newId(),
    fence: state === 'waiting' ? 0 : 1,
    agent_name: state === 'waiting' ? null : 'coder',
    feedback: [],
    chain_minutes: 30 - 10 * at,
    version: 1,
    created_at: created,
    updated_at: created,
  };
}

async function insert(database: Client, table: string, rows: readonly Row[]): Promise<void> {
  for (let from = 0; from < rows.length; from += BATCH) {
    const columns = Object.keys(rows[0] ?? {})
      .map((name) => `"${name}"`)
      .join(', ');
    await database.query(
      `INSERT INTO "${table}" (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(null::"${table}", $1)`,
      [JSON.stringify(rows.slice(from, from + BATCH))],
    );
  }
  if (rows.length >= BATCH) await database.query(`ANALYZE "${table}"`);
}
