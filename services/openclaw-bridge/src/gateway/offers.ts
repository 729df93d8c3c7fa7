import type { Reason } from '@aether/contracts/openclaw';

const LOSES: Readonly<Record<string, string>> = {
  'agents.list': 'agents cannot be listed, so none can be used',
  'agents.create': 'agents cannot be added',
  'agents.files.set': "agents' instructions cannot be edited",
  'chat.send': 'messages cannot be sent',
  'chat.history': 'replies cannot be found again after a loss',
  'chat.abort': 'replies cannot be stopped',
  'sessions.create': 'agents cannot work in a directory, so not in missions',
  'sessions.delete': 'deleted chats stay at the gateway',
  'sessions.messages.subscribe': 'tool calls are not shown after a loss',
  'exec.approval.list': 'commands that wait for approval are not found after a loss',
  'exec.approval.resolve': 'commands cannot be approved here',
};

/** What does not work with a gateway that offers these methods; nothing where it has all that are used. */
export function explainMethods(offered: readonly string[]): { method: string; effect: string }[] {
  return Object.entries(LOSES)
    .filter(([method]) => !offered.includes(method))
    .map(([method, effect]) => ({ method, effect }));
}

/** Scopes that chats and sessions need. Without them a connection works for health alone. */
export const NEEDED_SCOPES = [
  'operator.read',
  'operator.write',
  'operator.admin',
  'operator.approvals',
] as const;

/** Whether it shows at the handshake, or at a request. */
export const scopeMissing = (scopes: string): Reason => ({
  code: 'scope_missing',
  cause: `The gateway withholds ${scopes}.`,
  remedy:
    'Let the gateway listen on loopback and connect without a proxy; else rotate the device key, and approve the new device there with every scope it asks for.',
});

/** What is wrong with the scopes that were granted, or null. */
export function explainScopes(granted: readonly string[]): (Reason & { retry: 'never' }) | null {
  const missing = NEEDED_SCOPES.filter((scope) => !granted.includes(scope));
  if (missing.length === 0) return null;
  return { ...scopeMissing(missing.join(', ')), retry: 'never' };
}
