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

/** What people call the parts; `nats` is what they speak over. */
const labels: Readonly<Record<string, string>> = {
  nats: 'Message bus',
  gateway: 'Edge',
  auth: 'Accounts and secrets',
  deployer: 'Deployments',
  openclaw: 'Agents and chats',
  models: 'Models',
  missions: 'Missions',
  orchestrator: 'Jason and his pool',
};

export const partLabel = (name: string): string => labels[name] ?? name;
