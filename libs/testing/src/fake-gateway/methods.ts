import { stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import {
  formatValidationErrors,
  missingScopeErrorShape,
  validateAgentsListParams,
  validateChatAbortParams,
  validateChatHistoryParams,
  validateChatSendParams,
  validateSessionsCreateParams,
  validateSessionsDeleteParams,
  validateSessionsDescribeParams,
  validateSessionsListParams,
  validateSessionsMessagesSubscribeParams,
  validateSessionsMessagesUnsubscribeParams,
  validateSessionsPatchParams,
  validateSkillsStatusParams,
} from '@openclaw/gateway-protocol';
import type { Connection } from './connection.js';
import { invalidRequest, Refusal } from './refusal.js';
import type { Session, Sessions } from './sessions.js';
import type { Turns } from './turns.js';

export interface FakeAgent {
  readonly id: string;
  readonly name?: string;
  readonly workspace?: string;
  /** That it is ready to use. */
  readonly skills?: readonly string[];
}

/** What the methods work on. */
export interface GatewayState {
  readonly agents: readonly FakeAgent[];
  readonly sessions: Sessions;
  readonly turns: Turns;
}

type Handler = (params: unknown, connection: Connection) => unknown;
interface Method {
  /** Needed to call it; undefined when anybody connected may. */
  readonly scope?: string;
  readonly handle: Handler;
}

interface Validator<T> {
  (input: unknown): input is T;
  errors?: Parameters<typeof formatValidationErrors>[0];
}

/** A method whose parameters are held to the official schema of the protocol. */
function method<T>(
  name: string,
  scope: string,
  { check, handle }: { check: Validator<T>; handle: (params: T, connection: Connection) => unknown },
): [string, Method] {
  const checked: Handler = (params, connection) => {
    if (check(params)) return handle(params, connection);
    throw invalidRequest(`invalid ${name} params: ${formatValidationErrors(check.errors)}`);
  };
  return [name, { scope, handle: checked }];
}

export function gatewayMethods(state: GatewayState): ReadonlyMap<string, Method> {
  return new Map<string, Method>([
    ['health', { handle: () => health(state) }],
    ['status', { scope: 'operator.read', handle: () => ({ runtimeVersion: '2026.9.6' }) }],
    ['sessions.subscribe', { scope: 'operator.read', handle: () => ({ subscribed: true }) }],
    ['exec.approval.list', { scope: 'operator.approvals', handle: () => [] }],
    ['secrets.reload', { scope: 'operator.admin', handle: () => ({ ok: true, warningCount: 0 }) }],
    method('agents.list', 'operator.read', {
      check: validateAgentsListParams,
      handle: () => listAgents(state),
    }),
    method('skills.status', 'operator.read', {
      check: validateSkillsStatusParams,
      handle: ({ agentId }) => skillsOf(state, agentId),
    }),
    ...chatMethods(state),
    ...sessionMethods(state),
  ]);
}

function health({ agents }: GatewayState) {
  return { ok: true, ts: Date.now(), durationMs: 1, agents: agents.map(({ id }) => ({ agentId: id })) };
}

function skillsOf({ agents }: GatewayState, agentId: string | undefined) {
  const agent = agents.find(({ id }) => id === agentId) ?? agents[0];
  const skills = (agent?.skills ?? []).map((name) => ({
    name,
    source: 'openclaw-bundled',
    eligible: true,
    disabled: false,
  }));
  return { agentId: agent?.id, skills };
}

function listAgents({ agents }: GatewayState) {
  return {
    defaultId: agents[0]?.id,
    ownership: agents.length > 1 ? 'explicit' : 'sole',
    selectionRequired: agents.length > 1,
    mainKey: 'main',
    scope: 'per-sender',
    agents: agents.map(({ id, name, workspace = `/workspace/${id}` }) => ({
      id,
      ...(name ? { name } : {}),
      workspace,
      workspaceGit: false,
      model: { primary: 'aether/fake' },
      defaultPermissionMode: 'full',
    })),
  };
}

function chatMethods({ sessions, turns }: GatewayState): [string, Method][] {
  return [
    method('chat.send', 'operator.write', {
      check: validateChatSendParams,
      handle: ({ sessionKey, message, idempotencyKey }, sender) =>
        turns.send(sessions.open(sessionKey), { runId: idempotencyKey, message, sender }),
    }),
    method('chat.abort', 'operator.write', {
      check: validateChatAbortParams,
      handle: ({ sessionKey, runId }) => {
        const session = sessions.find(sessionKey);
        const runIds = session ? turns.abort(session, runId) : [];
        return { ok: true, aborted: runIds.length > 0, runIds };
      },
    }),
    method('chat.history', 'operator.read', {
      check: validateChatHistoryParams,
      handle: ({ sessionKey, cursor, limit = 200 }) => {
        const session = sessions.open(sessionKey);
        const common = { deltaCursor: sessions.cursor(session), pendingInputs: [] };
        const sessionInfo = describe(session, turns);
        if (cursor !== undefined) {
          const rows = sessions.after(session, cursor);
          if (!rows) return { kind: 'reset' };
          const messages = rows.map((message) => rowMessage(session, message));
          return { kind: 'delta', messages, ...common, sessionInfo };
        }
        return {
          sessionKey: session.key,
          sessionId: session.sessionId,
          messages: session.rows.slice(-limit),
          ...common,
          hasMore: session.rows.length > limit,
          totalMessages: session.rows.length,
          sessionInfo,
          ...inFlight(session, turns),
        };
      },
    }),
  ];
}

function inFlight(session: Session, turns: Turns) {
  const run = turns.runOf(session);
  return run
    ? { inFlightRun: { runId: run.runId, text: run.text, startedAt: run.startedAt, events: [] } }
    : {};
}

function rowMessage({ key, agentId }: Session, message: Session['rows'][number]) {
  const { id: messageId, seq: messageSeq } = message.__openclaw;
  return { sessionKey: key, agentId, message, messageId, messageSeq };
}

function describe(session: Session, turns: Turns) {
  const run = turns.runOf(session);
  const { key, sessionId, agentId, createdAt, label, model, cwd, permissionMode } = session;
  return {
    key,
    sessionId,
    agentId,
    kind: 'direct',
    createdAt,
    updatedAt: session.rows.at(-1)?.timestamp ?? createdAt,
    ...(label === undefined ? {} : { label }),
    ...(cwd === undefined ? {} : { spawnedCwd: cwd, workspaceDir: cwd }),
    ...(permissionMode === undefined ? {} : { permissionMode }),
    model: model ?? 'fake',
    modelProvider: 'aether',
    hasActiveRun: run !== undefined,
    activeRunIds: run ? [run.runId] : [],
  };
}

function sessionMethods({ sessions, turns }: GatewayState): [string, Method][] {
  return [
    method('sessions.create', 'operator.write', {
      check: validateSessionsCreateParams,
      handle: async ({ key, agentId = 'main', cwd, label, model, permissionMode }, connection) => {
        if (cwd !== undefined) await checkDirectory(cwd, connection);
        if (permissionMode === 'full') requireScope(connection, 'operator.admin');
        const session = sessions.open(key ?? `agent:${agentId}:dashboard:${randomUUID()}`);
        Object.assign(session, defined({ cwd, label, model, permissionMode }));
        const entry = {
          sessionId: session.sessionId,
          createdAt: session.createdAt,
          ...defined({
            sessionRoot: session.cwd,
            spawnedCwd: session.cwd,
            label: session.label,
            permissionMode: session.permissionMode,
          }),
        };
        const resolved = { modelProvider: 'aether', model: session.model ?? 'fake' };
        return {
          ok: true,
          key: session.key,
          sessionId: session.sessionId,
          entry,
          runStarted: false,
          resolved,
        };
      },
    }),
    method('sessions.patch', 'operator.write', {
      check: validateSessionsPatchParams,
      handle: ({ key, label, model }) => {
        const session = sessions.open(key);
        Object.assign(session, defined({ label: label ?? undefined, model: model ?? undefined }));
        return { ok: true, key: session.key, entry: describe(session, turns) };
      },
    }),
    method('sessions.delete', 'operator.admin', {
      check: validateSessionsDeleteParams,
      handle: ({ key }) => ({ ok: true, key, deleted: sessions.delete(key), archived: [] }),
    }),
    method('sessions.describe', 'operator.read', {
      check: validateSessionsDescribeParams,
      handle: ({ key }) => {
        const session = sessions.find(key);
        return { session: session ? describe(session, turns) : null };
      },
    }),
    method('sessions.list', 'operator.read', {
      check: validateSessionsListParams,
      handle: () => {
        const list = sessions.all().map((session) => describe(session, turns));
        return {
          ts: Date.now(),
          count: list.length,
          totalCount: list.length,
          hasMore: false,
          sessions: list,
        };
      },
    }),
    method('sessions.messages.subscribe', 'operator.read', {
      check: validateSessionsMessagesSubscribeParams,
      handle: ({ key }, connection) => {
        connection.subscriptions.add(key);
        return { subscribed: true, key };
      },
    }),
    method('sessions.messages.unsubscribe', 'operator.read', {
      check: validateSessionsMessagesUnsubscribeParams,
      handle: ({ key }, connection) => {
        connection.subscriptions.delete(key);
        return { subscribed: false, key };
      },
    }),
  ];
}

/** Throws `Refusal` unless the connection has the scope. */
export function requireScope(connection: Connection, scope: string): void {
  if (connection.may(scope)) return;
  const { code, message, details } = missingScopeErrorShape({
    missingScope: scope,
    requiredScopes: [scope],
  });
  throw new Refusal(code, message, { details: details as Readonly<Record<string, unknown>> });
}

async function checkDirectory(cwd: string, connection: Connection): Promise<void> {
  requireScope(connection, 'operator.admin');
  await stat(cwd).catch((error: unknown) => {
    throw invalidRequest(`sessions.create cwd is unavailable: ${String(error)}`);
  });
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
