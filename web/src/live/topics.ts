import type { Permission } from '@aether/contracts/permissions';
import type { eventTopics as contractTopics } from '@aether/contracts/routes';

/** Owners whose events this page follows, and what it takes to be told. The contract names the same. */
export const eventTopics = {
  deployer: 'deployments:read',
  openclaw: 'chats:read',
  missions: 'missions:read',
  orchestrator: 'missions:read',
  models: 'usage:read',
} as const satisfies { [O in keyof typeof contractTopics]?: Permission };
