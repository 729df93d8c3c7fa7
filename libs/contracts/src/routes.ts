import { authRoutes } from './auth.js';
import type { CallInputOf, OutputOf } from './contract.js';
import { deployerLive, deployerRequests, deployerRoutes } from './deployer.js';
import type { LiveTopic } from './live.js';
import { modelsRoutes } from './models.js';
import { openclawLive, openclawRequests, openclawRoutes } from './openclaw.js';

/** Every HTTP route. The edge serves exactly these, and the API document is made from them. */
export const routes = {
  ...authRoutes,
  ...deployerRoutes,
  ...openclawRoutes,
  ...modelsRoutes,
};

export type Route = keyof typeof routes;
/** What a client sends to a route: path parameters, query and body together. */
export type RouteInput<R extends Route> = CallInputOf<(typeof routes)[R]['contract']>;
/** What a route answers. */
export type RouteOutput<R extends Route> = OutputOf<(typeof routes)[R]['contract']>;

/** Topics with an id: `chat/<id>` and so on. The topic `events` is told of in `eventTopics`. */
export const liveTopics = {
  chat: {
    access: 'viewer',
    live: openclawLive.chat,
    backfill: openclawRequests.followChat,
    summary: 'Messages of a chat, with the text of the running reply as it comes',
  },
  logs: {
    access: 'viewer',
    live: deployerLive.log,
    backfill: deployerRequests.followLogs,
    summary: 'Log lines of a deployment',
  },
} as const satisfies Record<string, LiveTopic>;
