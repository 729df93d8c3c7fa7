import type { z } from 'zod';
import { authCatalog, authRoutes } from './auth.js';
import type { CallInputOf, Catalog, OutputOf } from './contract.js';
import { deployerCatalog, deployerLive, deployerRequests, deployerRoutes } from './deployer.js';
import { IssuedSession } from './identity.js';
import type { LiveTopic } from './live.js';
import { missionsRoutes } from './mission-routes.js';
import { missionsCatalog, missionsLive, missionsRequests } from './missions.js';
import { modelsCatalog, modelsRoutes } from './models.js';
import { jasonLive, jasonRequests } from './jason.js';
import { orchestratorCatalog, orchestratorRoutes } from './orchestrator.js';
import { openclawCatalog, openclawLive, openclawRequests, openclawRoutes } from './openclaw.js';
import type { Permission } from './permissions.js';

/** Every HTTP route. The edge serves exactly these, and the API document is made from them. */
export const routes = {
  ...authRoutes,
  ...deployerRoutes,
  ...openclawRoutes,
  ...modelsRoutes,
  ...missionsRoutes,
  ...orchestratorRoutes,
};

/** What routes that start or refresh a session answer: the refresh token travels in a cookie only. */
export const SessionReply = IssuedSession.omit({ refreshToken: true, refreshTokenExpiresAt: true }).meta({
  id: 'Session',
});
export type SessionReply = z.infer<typeof SessionReply>;

export type Route = keyof typeof routes;
/** Routes that answer a file rather than JSON. */
type FileRoute = { [R in Route]: (typeof routes)[R] extends { file: true } ? R : never }[Route];
/** What a client sends to a route: path parameters, query and body together. */
export type RouteInput<R extends Route> = (typeof routes)[R] extends { session: 'refresh' | 'end' }
  ? Record<never, never>
  : R extends FileRoute
    ? Omit<CallInputOf<(typeof routes)[R]['contract']>, 'offset'>
    : CallInputOf<(typeof routes)[R]['contract']>;
/** What a route answers; a file is not read as JSON. */
export type RouteOutput<R extends Route> = R extends FileRoute
  ? never
  : (typeof routes)[R] extends { session: 'start' | 'refresh' }
    ? SessionReply
    : OutputOf<(typeof routes)[R]['contract']>;

/** Topics with an id: `chat/<id>` and so on. Topics of events are in `eventTopics`. */
export const liveTopics = {
  chat: {
    access: 'chats:read',
    live: openclawLive.chat,
    backfill: openclawRequests.followChat,
    summary: 'Messages of a chat, with the text of the running reply as it comes',
  },
  logs: {
    access: 'deployments:read',
    live: deployerLive.log,
    backfill: deployerRequests.followLogs,
    summary: 'Log lines of a deployment',
  },
  mission: {
    access: 'missions:read',
    live: missionsLive.thread,
    backfill: missionsRequests.followThread,
    summary: 'Thread of a mission: what is said, and what happens',
  },
  jason: {
    access: 'missions:read',
    live: jasonLive.conversation,
    backfill: jasonRequests.followConversation,
    summary: 'A conversation with Jason, with his answer as it comes',
  },
} as const satisfies Record<string, LiveTopic>;

/** Topics `events/<owner>`: everything the owner publishes, resumed by the place in its stream. */
export const eventTopics = {
  auth: { access: 'audit:read', catalog: authCatalog, summary: 'Accounts, sessions, keys and secrets' },
  deployer: {
    access: 'deployments:read',
    catalog: deployerCatalog,
    summary: 'Deployments and what becomes of them',
  },
  openclaw: { access: 'chats:read', catalog: openclawCatalog, summary: 'Connections, chats and messages' },
  missions: {
    access: 'missions:read',
    catalog: missionsCatalog,
    summary: 'Missions, tasks and their threads',
  },
  orchestrator: {
    access: 'missions:read',
    catalog: orchestratorCatalog,
    summary: "Jason's conversations",
  },
  models: { access: 'usage:read', catalog: modelsCatalog, summary: 'Model calls and virtual keys' },
} as const satisfies Record<string, { access: Permission; catalog: Catalog; summary: string }>;
