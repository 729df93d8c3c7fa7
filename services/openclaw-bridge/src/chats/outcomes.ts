import type { GatewayRequestError } from '../gateway/gateway-client.js';
import { explainRefusal } from '../gateway/refused-request.js';
import type { Outcome } from './message.entity.js';

const again = 'Send the message again.';

const failed = (text: string, code: string, told: { cause: string; remedy?: string }): Outcome => ({
  state: 'failed',
  text,
  reason: { code, cause: told.cause, remedy: told.remedy ?? again },
});

/** Every way in which a turn ends. */
export const outcomes = {
  complete: (text: string): Outcome => ({ state: 'complete', text, reason: null }),
  aborted: (text: string): Outcome => ({ state: 'aborted', text, reason: null }),
  agentFailed: (text: string, message?: string) =>
    failed(text, 'agent_failed', {
      cause: message ?? 'The agent failed before it had answered.',
      remedy: 'See the agent’s log, then send the message again.',
    }),
  refused: (text: string, error: GatewayRequestError) => {
    const told = explainRefusal(error) ?? { code: 'message_refused', cause: error.message };
    return failed(text, told.code, told);
  },
  setUpRefused: (text: string, error: Pick<GatewayRequestError, 'message'>) => {
    const told = explainRefusal(error) ?? {
      code: 'directory_refused',
      cause: `The agent cannot work in the directory, or with the permissions, it was given: ${error.message}`,
      remedy: 'The gateway must see the directory at the same path, and let agents work there.',
    };
    return failed(text, told.code, told);
  },
  cutInTool: (text: string) =>
    failed(text, 'cut_in_tool', {
      cause: 'The agent’s time was up in the middle of a tool call.',
      remedy: 'Send a message that asks it to go on.',
    }),
  queueTimeout: (text: string) =>
    failed(text, 'queue_timeout', {
      cause: 'The agent’s gateway was not there in time.',
      remedy: 'See why in the agent’s connection, then send the message again.',
    }),
  turnLost: (text: string) =>
    failed(text, 'turn_lost', { cause: 'The gateway was interrupted and did not go on.' }),
  turnTimeout: (text: string) =>
    failed(text, 'turn_timeout', { cause: 'The turn took longer than allowed and was stopped.' }),
} as const;
