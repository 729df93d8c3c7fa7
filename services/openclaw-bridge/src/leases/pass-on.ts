import type { InputOf, RequestContract } from '@aether/contracts/contract';
import { openclawRequests } from '@aether/contracts/openclaw';
import { Messaging } from '@aether/messaging/messaging';
import type { RequestHandlers } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { Claims } from './claims.js';
import { LeaseRepository, type Lead } from './lease.repository.js';

type Requests = typeof openclawRequests;
type Leads = { readonly [K in keyof Requests]?: (input: InputOf<Requests[K]>) => Lead };
type AnyHandlers = RequestHandlers<Record<string, RequestContract>>;

const ofConnection = ({ id }: { id: string }): Lead => ({ connectionId: id });
const ofDeployment = ({ deploymentId }: { deploymentId: string }): Lead => ({ deploymentId });
const ofChat = ({ id }: { id: string }): Lead => ({ chatId: id });

/** What needs the gateway, or what is known of a turn that runs, and how its connection is found. */
const leads: Leads = {
  openConnection: ofDeployment,
  closeConnection: ofDeployment,
  updateConnection: ofConnection,
  rotateDevice: ofConnection,
  deleteConnection: ofConnection,
  listGatewayModels: ofDeployment,
  createAgent: ofDeployment,
  updateAgent: ofDeployment,
  deleteAgent: ofDeployment,
  listAgentFiles: ofDeployment,
  getAgentFile: ofDeployment,
  setAgentFile: ofDeployment,
  listMessages: ofChat,
  sendMessage: ofChat,
  getChatUsage: ofChat,
  listGatewayCalls: ofChat,
  followChat: ofChat,
  abortTurn: ofChat,
  deleteChat: ofChat,
  decideApproval: ({ id }) => ({ approvalId: id }),
};

/**
 * Passes requests on to the instance that holds the connection they are about. Where nobody holds it, or its holder
 * has just died, they are done here: messages are stored and wait, and the gateway is away.
 */
@Injectable()
export class PassOn {
  constructor(
    private readonly messaging: Messaging,
    private readonly leases: LeaseRepository,
    private readonly claims: Claims,
  ) {}

  serve(handlers: RequestHandlers<Requests>): void {
    const passed = Object.keys(leads) as (keyof Requests)[];
    const routed = Object.fromEntries(passed.map((name) => [name, this.toHolder(name, handlers)]));
    this.messaging.serve(openclawRequests, { ...handlers, ...routed });
    // As they are: what was passed on once is not passed on again.
    const served = Object.fromEntries(passed.map((name) => [name, openclawRequests[name]]));
    this.messaging.serveInstance(this.claims.instance, served, handlers);
  }

  private toHolder(name: keyof Requests, handlers: RequestHandlers<Requests>): AnyHandlers[string] {
    const leadOf = leads[name] as (input: unknown) => Lead;
    const handler = (handlers as unknown as AnyHandlers)[name] as AnyHandlers[string];
    return async (input, context) => {
      const holder = await this.leases.holderOf(leadOf(input));
      if (holder !== null && holder !== this.claims.instance) {
        const contract: RequestContract = openclawRequests[name];
        const answer = await this.messaging.passOn(holder, contract, { input, context });
        if (answer) return answer.output;
      }
      return handler(input, context);
    };
  }
}
