import { z } from 'zod';
import { AttachmentLimits } from './attachments.js';
import { defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import {
  HeaderSecret,
  Id,
  Instant,
  Line,
  Nothing,
  PageQuery,
  ServerUrl,
  Visibility,
  pageOf,
} from './schemas.js';

/** Connections to gateways: those that Aether deployed, and those that people run elsewhere. */

/** `pairing`: the gateway waits until a person approves this device there. `refused`: somebody must act first. */
export const ConnectionState = z.enum([
  'connecting',
  'connected',
  'disconnected',
  'pairing',
  'refused',
  'closed',
]);
export type ConnectionState = z.infer<typeof ConnectionState>;

/** Why something with a gateway does not work, and what to do about it. */
export const Reason = z
  .object({ code: z.string(), cause: z.string(), remedy: z.string() })
  .meta({ id: 'GatewayReason' });
export type Reason = z.infer<typeof Reason>;

/** What is shown to a gateway beside the device: its shared token or password, or nothing. */
export const GatewayAuth = z.enum(['token', 'password', 'device']);
export type GatewayAuth = z.infer<typeof GatewayAuth>;

/** What a person does on the gateway's machine to let this device in. */
export const Pairing = z
  .object({
    requestId: z.string(),
    command: z.string().describe('To run on the machine of the gateway.'),
    since: Instant,
    expiresAt: Instant.describe('The gateway forgets the request then; Aether makes another by itself.'),
  })
  .meta({ id: 'GatewayPairing' });
export type Pairing = z.infer<typeof Pairing>;

export const Connection = z
  .object({
    id: Id,
    kind: z.enum(['deployed', 'remote']).describe('Deployed by Aether, or run by somebody else.'),
    deploymentId: Id.nullable().describe('Null for a remote gateway.'),
    name: z.string(),
    url: z.string(),
    auth: GatewayAuth,
    accessClientId: z.string().nullable().describe('Of the Cloudflare Access service token.'),
    tlsFingerprint: z
      .string()
      .nullable()
      .describe('SHA-256 of the only certificate that is taken, in place of a trusted one.'),
    state: ConnectionState,
    reason: Reason.nullable().describe('Why it is not connected.'),
    pairing: Pairing.nullable(),
    nextAttemptAt: Instant.nullable(),
    gatewayVersion: z.string().nullable(),
    protocol: z.number().int().nullable(),
    missing: z
      .array(z.object({ method: z.string(), effect: z.string() }))
      .describe('Methods that this gateway lacks, and what does not work for that.'),
    limits: AttachmentLimits.nullable()
      .default(null)
      .describe('Of what messages bring, as it last told; null: it never told.'),
    scopes: z.array(z.string()),
    bootId: z.string().nullable(),
    gaps: z.number().int().describe('Sequence gaps seen and filled from history so far.'),
    createdBy: z.string().default('unknown'),
    visibility: Visibility.default('open').describe(
      'Who sees it and its agents; private ones are given no tasks.',
    ),
    version: z.number().int(),
    updatedAt: Instant,
  })
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof Connection>;

export const ProbeReport = z
  .object({
    ok: z.boolean(),
    at: Instant,
    checks: z.array(
      z.object({
        name: z.enum(['http', 'handshake', 'scopes', 'call']),
        ok: z.boolean(),
        ms: z.number(),
        detail: z.string().nullable(),
      }),
    ),
    reason: Reason.nullable(),
    gatewayVersion: z.string().nullable(),
  })
  .meta({ id: 'ProbeReport' });
export type ProbeReport = z.infer<typeof ProbeReport>;

const GatewayUrl = ServerUrl(/^wss?$/, 'use an address that begins with wss:// or ws://');

const Fingerprint = z
  .string()
  .trim()
  .regex(
    /^(?:sha256:)?(?:[0-9a-f]{64}|(?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i,
    'use the SHA-256 of the certificate: 64 hexadecimal digits, with or without colons',
  );

const access = z.object({ clientId: HeaderSecret.max(500), clientSecret: HeaderSecret });

const target = {
  url: GatewayUrl,
  auth: GatewayAuth,
  credential: HeaderSecret.optional().describe('The token or password. Kept in the vault, never returned.'),
  access: access
    .optional()
    .describe('Service token of Cloudflare Access, sent with the upgrade (wss:// only).'),
  tlsFingerprint: Fingerprint.optional(),
};

export const connectionErrors = {
  connection_not_found: {
    status: 404,
    title: 'There is no connection to such a gateway.',
    hint: 'Deploy the agent first, or wait until its deployment is ready.',
  },
} as const;

export const awayErrors = {
  gateway_away: {
    status: 503,
    title: "The agent's gateway is not connected.",
    hint: 'Ask again when its connection is back.',
  },
} as const;

const targetErrors = {
  address_refused: {
    status: 422,
    title: 'Aether does not connect to this address.',
    hint: 'Use a public address, or have its range added to OUTBOUND_ALLOWED_RANGES.',
  },
  credential_needed: {
    status: 422,
    title: 'The token or password is needed.',
    hint: 'Give it, also where the address changes: what is kept goes to the old address only.',
  },
  tls_needed: {
    status: 422,
    title: 'Cloudflare Access and certificate fingerprints need a wss:// address.',
    hint: 'Use wss://, or leave both out.',
  },
} as const;

const savedErrors = {
  connection_taken: {
    status: 409,
    title: 'Another connection has this name.',
    hint: 'Choose another name.',
  },
} as const;

const remoteErrors = {
  ...connectionErrors,
  connection_deployed: {
    status: 409,
    title: 'This connection belongs to a deployment.',
    hint: 'Change, repair or delete the deployment instead.',
  },
} as const;

export const connectionsRequests = {
  listConnections: defineRequest('req.openclaw.list-connections.v1', {
    input: PageQuery,
    output: pageOf(Connection),
  }),
  getConnection: defineRequest('req.openclaw.get-connection.v1', {
    input: z.object({ id: Id }),
    output: Connection,
    errors: connectionErrors,
  }),
  /** Probes of a connection, newest first. */
  listProbes: defineRequest('req.openclaw.list-probes.v1', {
    input: PageQuery.extend({ id: Id }),
    output: pageOf(ProbeReport),
    errors: connectionErrors,
  }),
  /** Keeps the address and its secrets and begins to connect; how that goes is told by the connection's state. */
  createConnection: defineRequest('req.openclaw.create-connection.v1', {
    input: z.object({ name: Line(80), visibility: Visibility.default('open'), ...target }),
    output: Connection,
    errors: { ...targetErrors, ...savedErrors },
  }),
  /** Tries an address without keeping anything. Answers a report even when it fails. */
  testConnection: defineRequest('req.openclaw.test-connection.v1', {
    input: z.object(target),
    output: ProbeReport,
    errors: targetErrors,
    timeoutMs: 30_000,
  }),
  /** What is left out stays; `null` takes it away. Connects anew, also where nothing changes. */
  updateConnection: defineRequest('req.openclaw.update-connection.v1', {
    input: z.object({
      id: Id,
      name: Line(80).optional(),
      url: GatewayUrl.optional(),
      auth: GatewayAuth.optional(),
      credential: target.credential,
      access: access.nullable().optional(),
      tlsFingerprint: Fingerprint.nullable().optional(),
      visibility: Visibility.optional(),
    }),
    output: Connection,
    errors: { ...targetErrors, ...savedErrors, ...remoteErrors },
  }),
  /** Shows the gateway a new device from now on, which it may want approved; messages wait meanwhile. */
  rotateDevice: defineRequest('req.openclaw.rotate-device.v1', {
    input: z.object({ id: Id }),
    output: Connection,
    errors: connectionErrors,
  }),
  /** Forgets a remote gateway with its secrets, its chats and its device key. */
  deleteConnection: defineRequest('req.openclaw.delete-connection.v1', {
    input: z.object({ id: Id }),
    output: Nothing,
    errors: remoteErrors,
  }),
};

export const connectionsRoutes = defineRoutes({
  'GET /api/v1/connections': {
    contract: connectionsRequests.listConnections,
    access: 'connections:read',
    summary: 'List connections to gateways',
  },
  'POST /api/v1/connections': {
    contract: connectionsRequests.createConnection,
    access: 'connections:write',
    summary: 'Connect to a gateway that runs elsewhere',
    status: 201,
  },
  'POST /api/v1/connections/test': {
    contract: connectionsRequests.testConnection,
    access: 'connections:write',
    summary: 'Try a gateway before its connection is saved',
  },
  'GET /api/v1/connections/{id}': {
    contract: connectionsRequests.getConnection,
    access: 'connections:read',
    summary: 'One connection',
  },
  'PATCH /api/v1/connections/{id}': {
    contract: connectionsRequests.updateConnection,
    access: 'connections:write',
    summary: 'Change the connection to a remote gateway, and connect anew',
  },
  'DELETE /api/v1/connections/{id}': {
    contract: connectionsRequests.deleteConnection,
    access: 'connections:write',
    summary: 'Forget a remote gateway with its chats and secrets',
  },
  'POST /api/v1/connections/{id}/rotate-device': {
    contract: connectionsRequests.rotateDevice,
    access: 'connections:write',
    summary: 'Show the gateway a new device key',
  },
  'GET /api/v1/connections/{id}/probes': {
    contract: connectionsRequests.listProbes,
    access: 'connections:read',
    summary: 'Health history of a connection, newest first',
  },
});
