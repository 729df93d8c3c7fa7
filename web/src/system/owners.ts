import type { Permission } from '@aether/contracts/permissions';
import type { eventTopics } from '@aether/contracts/routes';

export type Owner = keyof typeof eventTopics;

/** The parts that publish events, and what it takes to follow them. The contract says the same. */
export const owners = {
  missions: 'missions:read',
  orchestrator: 'missions:read',
  deployer: 'deployments:read',
  openclaw: 'chats:read',
  models: 'usage:read',
  auth: 'audit:read',
} as const satisfies Record<Owner, Permission>;

export const ownerNames = Object.keys(owners) as Owner[];
