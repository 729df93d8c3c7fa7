import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { agentWorkspace, gatewayPaths } from './paths.js';
import { OPENCLAW_VERSION } from './version.js';

/** The one model provider a gateway is given; a model is addressed as `aether/<id>`. */
const PROVIDER_ID = 'aether';

const Model = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1).optional(),
  /** Whether the model thinks before it answers. */
  reasoning: z.boolean().default(false),
  images: z.boolean().default(false),
  /** Tokens. */
  contextWindow: z.int().positive().default(128_000),
  /** Tokens. */
  maxOutputTokens: z.int().positive().default(8_192),
  /** USD per million tokens, for the gateway's own estimate. Default 0. */
  cost: z
    .strictObject({
      input: z.number().nonnegative(),
      output: z.number().nonnegative(),
      cacheRead: z.number().nonnegative().default(0),
      cacheWrite: z.number().nonnegative().default(0),
    })
    .default({ input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }),
});

const Agent = z.strictObject({
  /** Lower-case letters, digits and dashes: part of every session key. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/u),
  name: z.string().min(1).optional(),
  /** Id of one of `models`; default `defaultModel`. */
  model: z.string().optional(),
});

/** What a gateway is made from. */
export const GatewaySettings = z
  .strictObject({
    /** Absolute directory of the gateway, as the gateway sees it. */
    directory: z.string().refine(isAbsolute, 'must be absolute'),
    port: z.int().min(1).max(65_535),
    /** `loopback`: this machine only. `lan`: every interface, needed behind a published container port. */
    bind: z.enum(['loopback', 'lan']).default('loopback'),
    /** OpenAI-compatible base URL, `/v1` included. */
    modelBaseUrl: z.url(),
    models: z.array(Model).min(1),
    /** Id of one of `models`. */
    defaultModel: z.string(),
    agents: z
      .array(Agent)
      .min(1)
      .default([{ id: 'main' }]),
    /** Tool servers that speak MCP over HTTP, by name; their tools are called `<name>__<tool>` and found by tool search. */
    toolServers: z.record(z.string().regex(/^[a-z][a-z0-9]*$/u), z.url()).optional(),
    /** Turns that run at the same time; OpenClaw's default is max(8, 4 x CPUs). */
    maxConcurrentTurns: z.int().positive().optional(),
    /** Sources whose X-Forwarded-* headers are believed. Default none. */
    trustedProxies: z.array(z.string()).optional(),
    version: z.string().default(OPENCLAW_VERSION),
  })
  .superRefine((settings, context) => {
    const known = new Set(settings.models.map((model) => model.id));
    const used = [settings.defaultModel, ...settings.agents.flatMap((agent) => agent.model ?? [])];
    for (const model of used.filter((id) => !known.has(id))) {
      context.addIssue({ code: 'custom', message: `model "${model}" is not one of models` });
    }
    const ids = settings.agents.map((agent) => agent.id);
    if (new Set(ids).size !== ids.length) {
      context.addIssue({ code: 'custom', message: 'two agents have the same id' });
    }
  });
export type GatewaySettings = z.input<typeof GatewaySettings>;

/** A reference into the keys file, see `writeGatewayFiles`: the configuration itself holds no secret. */
function keyAt(name: 'gatewayToken' | 'modelKey') {
  return { source: 'file', provider: 'keys', id: `/${name}` } as const;
}

function renderModel(model: z.output<typeof Model>) {
  return {
    id: model.id,
    name: model.name ?? model.id,
    reasoning: model.reasoning,
    input: model.images ? ['text', 'image'] : ['text'],
    cost: model.cost,
    contextWindow: model.contextWindow,
    maxTokens: model.maxOutputTokens,
    // The endpoint books a call with the session that made it.
    compat: { sendSessionAffinityHeaders: true },
  };
}

/** A server that is away costs a session these few seconds once, and then only its tools. */
function renderToolServers(servers: Readonly<Record<string, string>>) {
  const rendered = Object.entries(servers).map(([name, url]) => [
    name,
    { url, transport: 'streamable-http', connectionTimeoutMs: 3_000, requestTimeoutMs: 30_000 },
  ]);
  return Object.fromEntries(rendered) as Record<string, object>;
}

/** Content of `openclaw.json`. */
export type GatewayConfig = ReturnType<typeof renderConfig>;

/**
 * Renders a configuration that contacts nothing but `modelBaseUrl`: no update check, telemetry, model catalogue,
 * mDNS, plugins, heartbeat or browser interface. The same settings always give the same configuration.
 * Throws a `ZodError` that lists every fault of the settings.
 */
export function renderConfig(input: GatewaySettings) {
  const settings = GatewaySettings.parse(input);
  const paths = gatewayPaths(settings.directory);
  const reference = (model: string) => `${PROVIDER_ID}/${model}`;
  const renderAgent = ({ id, name, model }: z.output<typeof Agent>) => ({
    workspace: agentWorkspace(paths, id),
    ...(name ? { name } : {}),
    ...(model ? { model: reference(model) } : {}),
  });
  return {
    // Without it the gateway takes a re-rendered file for a damaged one and restores its own backup.
    meta: {
      lastTouchedVersion: settings.version,
      migrations: { modelPolicyAllowlist: true, utilityModelSeparation: true },
    },
    gateway: {
      mode: 'local',
      port: settings.port,
      bind: settings.bind,
      auth: { mode: 'token', token: keyAt('gatewayToken') },
      ...(settings.trustedProxies ? { trustedProxies: settings.trustedProxies } : {}),
      controlUi: { enabled: false },
      terminal: { enabled: false },
    },
    update: { checkOnStart: false },
    telemetry: { enabled: false },
    discovery: { mdns: { mode: 'off' } },
    plugins: { enabled: false },
    // Five older files are kept beside it: 60 MB at most.
    logging: { file: paths.log, maxFileBytes: 10 * 1024 * 1024 },
    secrets: { providers: { keys: { source: 'file', path: paths.keys, mode: 'json' } } },
    models: {
      mode: 'replace',
      catalogRefresh: { enabled: false },
      providers: {
        [PROVIDER_ID]: {
          baseUrl: settings.modelBaseUrl,
          apiKey: keyAt('modelKey'),
          api: 'openai-completions',
          models: settings.models.map(renderModel),
        },
      },
    },
    ...(settings.toolServers ? { mcp: { servers: renderToolServers(settings.toolServers) } } : {}),
    agents: {
      ownership: 'explicit',
      defaults: {
        model: { primary: reference(settings.defaultModel) },
        workspace: agentWorkspace(paths, settings.agents[0]?.id ?? 'main'),
        skipBootstrap: true,
        heartbeat: { every: '0m' },
        ...(settings.maxConcurrentTurns ? { maxConcurrent: settings.maxConcurrentTurns } : {}),
      },
      entries: Object.fromEntries(settings.agents.map((agent) => [agent.id, renderAgent(agent)])),
    },
  };
}
