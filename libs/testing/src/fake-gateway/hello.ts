import type { Admission } from './admission.js';
import type { FakeAgent } from './methods.js';

/** The answer to `connect`, in the shape of the real gateway's. */
export function helloOf(options: {
  connId: string;
  protocol: number;
  version: string;
  bootId: string;
  methods: readonly string[];
  agents: readonly FakeAgent[];
  admission: Admission;
}) {
  const { connId, protocol, version, bootId, methods, agents, admission } = options;
  return {
    type: 'hello-ok',
    protocol,
    server: { version, buildId: 'fake', bootId, connId, controlUiBuildSource: 'bundled' },
    features: {
      methods,
      events: [
        'connect.challenge',
        'agent',
        'chat',
        'health',
        'session.message',
        'session.tool',
        'shutdown',
        'tick',
      ],
      capabilities: ['model-catalog-snapshot'],
    },
    snapshot: {
      suspension: { phase: 'accepting' },
      presence: [],
      health: {},
      stateVersion: { presence: 1, health: 1 },
      uptimeMs: 1_000,
      sessionDefaults: {
        defaultAgentId: agents[0]?.id,
        mainKey: 'main',
        mainSessionKey: `agent:${agents[0]?.id}:main`,
        scope: 'per-sender',
      },
      authMode: 'token',
    },
    auth: {
      method: 'token',
      role: 'operator',
      scopes: admission.scopes,
      ...(admission.deviceToken === undefined ? {} : { deviceToken: admission.deviceToken }),
    },
    policy: {
      maxPayload: 26_214_400,
      maxBufferedBytes: 52_428_800,
      tickIntervalMs: 30_000,
      attachments: { maxBytes: 19_464_192, maxImageBytes: 6_291_456 },
    },
  };
}
