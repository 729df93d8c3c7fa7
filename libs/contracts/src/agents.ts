import { z } from 'zod';
import { awayErrors, connectionErrors } from './connections.js';
import { defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { Id, Line, Slug, Visibility } from './schemas.js';

export const Agent = z
  .object({
    id: z.string().describe("The agent's id in its gateway."),
    name: z.string(),
    connectionId: Id,
    deploymentId: Id.describe('Of its deployment; the id of the connection where its gateway is remote.'),
    deploymentName: z.string(),
    remote: z.boolean().describe('Runs in a gateway that Aether did not deploy.'),
    visibility: Visibility.default('open').describe('As of the connection to its gateway.'),
    model: z.string().nullable(),
    skills: z.array(Slug).default([]).describe('That its gateway says it is ready to use.'),
    online: z.boolean(),
    first: z
      .boolean()
      .describe('Whom chats begin with where nobody says which; its gateway cannot do without it.'),
  })
  .meta({ id: 'Agent' });
export type Agent = z.infer<typeof Agent>;

/** Files that OpenClaw puts into an agent's prompt, and the only ones a gateway lets others read and write. */
export const AgentFileName = z.enum(['AGENTS.md', 'SOUL.md', 'USER.md', 'BOOTSTRAP.md', 'MEMORY.md']);
export type AgentFileName = z.infer<typeof AgentFileName>;
const Content = z.string().max(200_000);

export const AgentFile = z
  .object({
    name: AgentFileName,
    size: z.number().int().describe('Bytes; 0 where there is no such file.'),
    missing: z.boolean(),
    content: z.string().nullable().describe('Null in lists, and where there is no such file.'),
  })
  .meta({ id: 'AgentFile' });
export type AgentFile = z.infer<typeof AgentFile>;

const GatewayModel = z.object({ id: z.string().describe('As an agent is given it.'), name: z.string() });

const Gateway = z.object({ deploymentId: Id.describe('As of its agents.') });
const Which = Gateway.extend({ agentId: z.string().min(1).max(120) });
const ModelName = z.string().min(1).max(200).describe('One of those the gateway offers.');

export const agentErrors = {
  ...connectionErrors,
  agent_not_found: {
    status: 404,
    title: 'The gateway has no such agent.',
    hint: 'List the agents to find the right id.',
  },
} as const;

const gatewayErrors = {
  ...agentErrors,
  ...awayErrors,
  gateway_refused: {
    status: 422,
    title: 'The gateway does not do that.',
    hint: 'Read what it says, and change the request or the gateway.',
  },
} as const;

const modelErrors = {
  ...gatewayErrors,
  model_not_offered: {
    status: 422,
    title: 'The gateway has no such model.',
    hint: 'List the models of the gateway, or leave the model out to follow its default.',
  },
} as const;

export const agentRequests = {
  listAgents: defineRequest('req.openclaw.list-agents.v1', {
    input: z.object({ deploymentId: Id.optional() }),
    output: z.object({ items: z.array(Agent) }),
  }),
  listGatewayModels: defineRequest('req.openclaw.list-gateway-models.v1', {
    input: Gateway,
    output: z.object({ items: z.array(GatewayModel) }),
    errors: gatewayErrors,
    timeoutMs: 15_000,
  }),
  /** Another agent in a gateway that runs, with a workspace of its own; nothing is restarted. */
  createAgent: defineRequest('req.openclaw.create-agent.v1', {
    input: Gateway.extend({
      name: Line(60),
      model: ModelName.optional(),
      files: z.partialRecord(AgentFileName, Content).default({}),
    }),
    output: Agent,
    errors: {
      ...modelErrors,
      agent_exists: {
        status: 409,
        title: 'The gateway has an agent whose name is as good as this one.',
        hint: 'Choose another name.',
      },
    },
    timeoutMs: 30_000,
  }),
  updateAgent: defineRequest('req.openclaw.update-agent.v1', {
    input: Which.extend({
      name: Line(60).optional(),
      model: ModelName.nullable().optional().describe("Null: the gateway's default."),
    }),
    output: Agent,
    errors: modelErrors,
    timeoutMs: 20_000,
  }),
  deleteAgent: defineRequest('req.openclaw.delete-agent.v1', {
    input: Which,
    output: z.object({ deleted: z.boolean() }),
    errors: {
      ...gatewayErrors,
      agent_needed: {
        status: 409,
        title: 'This is the first agent of its gateway, which cannot do without it.',
        hint: 'Delete the deployment, or disable the agent in the pool.',
      },
    },
    timeoutMs: 20_000,
  }),
  listAgentFiles: defineRequest('req.openclaw.list-agent-files.v1', {
    input: Which,
    output: z.object({ items: z.array(AgentFile) }),
    errors: gatewayErrors,
    timeoutMs: 15_000,
  }),
  getAgentFile: defineRequest('req.openclaw.get-agent-file.v1', {
    input: Which.extend({ name: AgentFileName }),
    output: AgentFile,
    errors: gatewayErrors,
    timeoutMs: 15_000,
  }),
  /** What an agent is told from its next turn on. */
  setAgentFile: defineRequest('req.openclaw.set-agent-file.v1', {
    input: Which.extend({ name: AgentFileName, content: Content }),
    output: AgentFile,
    errors: gatewayErrors,
    timeoutMs: 15_000,
  }),
};

export const agentRoutes = defineRoutes({
  'GET /api/v1/agents': {
    contract: agentRequests.listAgents,
    access: 'agents:read',
    summary: 'List agents',
  },
  'POST /api/v1/agents': {
    contract: agentRequests.createAgent,
    access: 'agents:write',
    summary: 'Add an agent to a gateway that runs',
    status: 201,
  },
  'PATCH /api/v1/agents/{deploymentId}/{agentId}': {
    contract: agentRequests.updateAgent,
    access: 'agents:write',
    summary: 'Rename an agent, or give it another model',
  },
  'DELETE /api/v1/agents/{deploymentId}/{agentId}': {
    contract: agentRequests.deleteAgent,
    access: 'agents:write',
    summary: 'Remove an agent from its gateway, with its workspace',
  },
  'GET /api/v1/agents/{deploymentId}/{agentId}/files': {
    contract: agentRequests.listAgentFiles,
    access: 'agents:read',
    summary: "An agent's instructions, without their text",
  },
  'GET /api/v1/agents/{deploymentId}/{agentId}/files/{name}': {
    contract: agentRequests.getAgentFile,
    access: 'agents:read',
    summary: "One file of an agent's instructions",
  },
  'PUT /api/v1/agents/{deploymentId}/{agentId}/files/{name}': {
    contract: agentRequests.setAgentFile,
    access: 'agents:write',
    summary: "Write one file of an agent's instructions",
  },
  'GET /api/v1/gateways/{deploymentId}/models': {
    contract: agentRequests.listGatewayModels,
    access: 'agents:read',
    summary: 'Models that agents of a gateway can be given',
  },
});
