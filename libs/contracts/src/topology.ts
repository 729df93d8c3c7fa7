import { authCatalog, authEvents, authRequests } from './auth.js';
import type { Catalog, EventContract, LiveContract, RequestContract } from './contract.js';
import { deployerCatalog, deployerEvents, deployerRequests } from './deployer.js';
import { missionsCatalog, missionsEvents, missionsRequests } from './missions.js';
import { modelsCatalog, modelsEvents, modelsRequests } from './models.js';
import { orchestratorCatalog, orchestratorRequests } from './orchestrator.js';
import { openclawCatalog, openclawEvents, openclawRequests } from './openclaw.js';
import { liveTopics, routes } from './routes.js';

/** A durable subscription: `name` is `<service>-<purpose>`; renaming it replays the stream. */
export interface Durable {
  readonly name: string;
  readonly events: readonly EventContract[];
}

/** One NATS user: what it owns, and exactly what of others it may use. */
export interface ServiceTopology {
  readonly catalog: Catalog | null;
  readonly calls: readonly RequestContract[];
  /** All events of one durable come from one owner's stream. */
  readonly durables: readonly Durable[];
  readonly follows: readonly LiveContract[];
  /** May read every stream with consumers that leave no trace (the edge). */
  readonly readsAllStreams: boolean;
  /** Its instances pass requests on to one another, where what a request needs is held by one of them. */
  readonly passesOn: boolean;
}

const servedRequests = [
  authRequests,
  deployerRequests,
  openclawRequests,
  modelsRequests,
  missionsRequests,
  orchestratorRequests,
];
const healthRequests = servedRequests.map((requests) => requests.getHealth);
const figureRequests = servedRequests.map((requests) => requests.getFigures);

const none = { calls: [], durables: [], follows: [], readsAllStreams: false, passesOn: false } as const;

/**
 * Who talks to whom. The NATS users and permissions of every installation are made from this, so a call
 * that is missing here is refused by the server, not by a review.
 */
export const topology = {
  auth: { ...none, catalog: authCatalog },
  deployer: {
    ...none,
    catalog: deployerCatalog,
    calls: [
      authRequests.storeSecret,
      authRequests.revealSecret,
      authRequests.deleteSecret,
      modelsRequests.getEndpoint,
      modelsRequests.checkProvider,
      modelsRequests.issueVirtualKey,
      openclawRequests.probeGateway,
      openclawRequests.openConnection,
      openclawRequests.getConnection,
      openclawRequests.closeConnection,
      openclawRequests.listAgents,
    ],
    durables: [
      { name: 'deployer-health', events: [openclawEvents.connectionChanged] },
      { name: 'deployer-secrets', events: [authEvents.secretReplaced] },
    ],
  },
  'openclaw-bridge': {
    ...none,
    catalog: openclawCatalog,
    calls: [
      authRequests.storeSecret,
      authRequests.revealSecret,
      authRequests.deleteSecret,
      deployerRequests.approveDevice,
      modelsRequests.attributeSession,
    ],
    durables: [
      { name: 'openclaw-secrets', events: [authEvents.secretReplaced] },
      { name: 'openclaw-deployments', events: [deployerEvents.deploymentAccessChanged] },
    ],
    passesOn: true,
  },
  models: {
    ...none,
    catalog: modelsCatalog,
    calls: [
      authRequests.storeSecret,
      authRequests.revealSecret,
      authRequests.deleteSecret,
      openclawRequests.listGatewayCalls,
      openclawRequests.listAgents,
    ],
    durables: [
      { name: 'models-deployments', events: [deployerEvents.deploymentDeleted] },
      { name: 'models-secrets', events: [authEvents.secretReplaced] },
      {
        name: 'models-missions',
        events: [
          missionsEvents.missionCreated,
          missionsEvents.missionChanged,
          missionsEvents.missionDeleted,
          missionsEvents.organisationBudgetChanged,
        ],
      },
      { name: 'models-chats', events: [openclawEvents.messageFinished, openclawEvents.chatDeleted] },
    ],
  },
  missions: {
    ...none,
    catalog: missionsCatalog,
    durables: [{ name: 'missions-budgets', events: [modelsEvents.modelBudgetReached] }],
  },
  orchestrator: {
    ...none,
    catalog: orchestratorCatalog,
    calls: [
      ...Object.values(missionsRequests),
      authRequests.storeSecret,
      authRequests.revealSecret,
      authRequests.deleteSecret,
      modelsRequests.getEndpoint,
      modelsRequests.issueVirtualKey,
      modelsRequests.attributeSession,
      deployerRequests.listTemplates,
      deployerRequests.listDeployments,
      deployerRequests.createDeployment,
      openclawRequests.listAgents,
      openclawRequests.createChat,
      openclawRequests.sendMessage,
      openclawRequests.listMessages,
      openclawRequests.getChatUsage,
      openclawRequests.abortTurn,
    ],
    durables: [
      { name: 'orchestrator-plans', events: [missionsEvents.planRequested] },
      {
        name: 'orchestrator-missions',
        events: [
          missionsEvents.missionChanged,
          missionsEvents.missionDeleted,
          missionsEvents.taskChanged,
          missionsEvents.taskReviewed,
          missionsEvents.questionAnswered,
        ],
      },
      {
        name: 'orchestrator-agents',
        events: [openclawEvents.messageFinished, openclawEvents.connectionChanged],
      },
      {
        name: 'orchestrator-acts',
        events: [
          openclawEvents.toolFinished,
          openclawEvents.approvalRequested,
          openclawEvents.approvalDecided,
        ],
      },
    ],
  },
  gateway: {
    ...none,
    catalog: null,
    calls: [
      ...Object.values(routes).map((route) => route.contract),
      ...Object.values(liveTopics).map((topic) => topic.backfill),
      authRequests.verifyApiKey,
      authRequests.listRecentEndings,
      ...healthRequests,
      ...figureRequests,
    ],
    follows: Object.values(liveTopics).map((topic) => topic.live),
    readsAllStreams: true,
  },
  /** The person at the machine: `aether setup` and the all-in-one host. */
  operator: {
    ...none,
    catalog: null,
    calls: [authRequests.createSetupToken, authRequests.getSetupState, ...healthRequests],
  },
} as const satisfies Record<string, ServiceTopology>;

export type ServiceName = keyof typeof topology;

/** Every catalog, in no order that matters. */
export const catalogs: readonly Catalog[] = Object.values(topology).flatMap(({ catalog }) => catalog ?? []);
