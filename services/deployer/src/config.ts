import { isAbsolute } from 'node:path';
import { OPENCLAW_VERSION } from '@aether/openclaw-process/install';
import { DatabaseConfig } from '@aether/runtime/config';
import { z } from 'zod';

const Directory = z.string().refine(isAbsolute, 'must be an absolute path');
const seconds = (otherwise: number) => z.coerce.number().min(0.1).max(7_200).default(otherwise);

export const DeployerConfig = DatabaseConfig.extend({
  DATA_DIR: Directory.describe("agents' files are kept below `deployments` here"),
  RUNTIME_DIR: Directory.optional().describe(
    'installed OpenClaw packages; DATA_DIR/runtimes/openclaw where absent',
  ),
  DOCKER_SOCKET: Directory.default('/var/run/docker.sock').describe("the Docker engine's socket"),
  DOCKER_IMAGE: z
    .string()
    .min(1)
    .default(`ghcr.io/openclaw/openclaw:${OPENCLAW_VERSION}`)
    .describe('image of agents that name none'),
  AGENT_MEMORY_MB: z.coerce.number().int().min(256).default(2_048).describe('memory limit of a container'),
  AGENT_CPUS: z.coerce.number().min(0.1).default(2).describe('processors that a container may use'),
  AGENT_PROCESSES_MAX: z.coerce.number().int().min(64).default(512).describe('in one container'),
  WORKSPACES_DIR: Directory.optional().describe(
    'each container sees its folder named by its deployment at the same path',
  ),
  AGENT_TOOLS_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Aether's tools for agents, by MCP"),
  PORT_FIRST: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(65_535)
    .default(21_000)
    .describe('ports for gateways, from'),
  PORT_LAST: z.coerce.number().int().min(1_024).max(65_535).default(21_999).describe('and up to this one'),
  OPERATIONS_MAX: z.coerce.number().int().min(1).max(64).default(4).describe('deploys and starts at once'),
  RESTARTS_MAX: z.coerce
    .number()
    .int()
    .min(0)
    .max(100)
    .default(3)
    .describe('restarts within 10 minutes, then failed'),
  STOP_AGENTS_ON_EXIT: z
    .stringbool()
    .default(false)
    .describe('stop agents with this service, start them with it'),
  EXIT_DRAIN_MAX_S: seconds(8).describe('how long their turns may take to end then'),
  DRAIN_MAX_S: seconds(300).describe('how long running turns may take to end at a stop'),
  LEASE_S: seconds(15).describe('after this, a dead instance is replaced'),
  PREFLIGHT_MAX_S: seconds(30),
  PREPARE_MAX_S: seconds(60),
  CREATE_MAX_S: seconds(900),
  // 10 s on an idle machine, 72 s seen with eight times more work than cores.
  START_MAX_S: seconds(180),
  PROBE_MAX_S: seconds(60),
  CONNECT_MAX_S: seconds(60),
  LOG_LINES_MAX: z.coerce
    .number()
    .int()
    .min(100)
    .max(10_000_000)
    .default(20_000)
    .describe('kept per deployment'),
  LOG_FILE_MAX_MB: z.coerce.number().min(0.01).max(10_000).default(10).describe('output file of one process'),
}).refine((config) => config.PORT_FIRST <= config.PORT_LAST, {
  path: ['PORT_LAST'],
  message: 'must not be below PORT_FIRST',
});
export type DeployerConfig = z.infer<typeof DeployerConfig>;
