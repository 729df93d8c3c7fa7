import type { Refusing } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import type { ConnectionRow } from '../connections/connection.entity.js';
import { ConnectionHub } from '../connections/connection-hub.js';
import { ConnectionRepository } from '../connections/connection.repository.js';
import { GatewayRequestError } from '../gateway/gateway-client.js';
import { explainRefusal } from '../gateway/refused-request.js';

const ANSWER_WITHIN_MS = 10_000;
/** How it says that an agent is not there. */
const NO_AGENT = /^agent ".*" not found$|^unknown agent/i;

/** A request to one gateway, on behalf of whoever asked for it. */
export type Ask = (method: string, params: object) => Promise<unknown>;
type Context = Refusing<'connection_not_found' | 'agent_not_found' | 'gateway_away' | 'gateway_refused'>;

/** Asks gateways to do something to their agents, and says in Aether's words why one does not. */
@Injectable()
export class AskGateway {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly hub: ConnectionHub,
  ) {}

  /** The connection to the gateway of a deployment or remote connection, with the way to ask it. */
  async of(deploymentId: string, context: Context): Promise<{ row: ConnectionRow; ask: Ask }> {
    const row = await this.connections.findGatewayFor(context.actor, deploymentId);
    if (!row || row.state === 'closed') throw context.fail('connection_not_found');
    const ask: Ask = async (method, params) => {
      try {
        return await this.hub.request(row.id, method, { params, timeoutMs: ANSWER_WITHIN_MS });
      } catch (error) {
        if (!(error instanceof GatewayRequestError)) throw error;
        const told = explainRefusal(error);
        const fields = told ? { detail: told.cause, hint: told.remedy } : { detail: error.message };
        if (error.isLost || error.retryable) throw context.fail('gateway_away', fields);
        if (NO_AGENT.test(error.message)) throw context.fail('agent_not_found', { detail: error.message });
        throw context.fail('gateway_refused', fields);
      }
    };
    return { row, ask };
  }

  /** Has the gateway say anew which agents it has. */
  async refresh(row: ConnectionRow): Promise<void> {
    await this.hub.refreshAgents(row.id);
  }
}
