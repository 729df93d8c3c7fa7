import { openclawRequests } from '@aether/contracts/openclaw';
import { Messaging } from '@aether/messaging/messaging';
import type { ServiceParts } from '@aether/runtime/service';
import { Controller, Inject, type OnModuleInit } from '@nestjs/common';
import { AgentFiles } from './agents/agent-files.js';
import { ListAgents } from './agents/list-agents.js';
import { ManageAgents } from './agents/manage-agents.js';
import { DecideApproval } from './approvals/decide-approval.js';
import { AbortTurn } from './chats/abort-turn.js';
import { ChatUsage } from './chats/chat-usage.js';
import { CreateChat } from './chats/create-chat.js';
import { DeleteChat } from './chats/delete-chat.js';
import { FollowChat } from './chats/follow-chat.js';
import { ReadChats } from './chats/read-chats.js';
import { SendMessage } from './chats/send-message.js';
import { CloseConnection } from './connections/close-connection.js';
import { OpenConnection } from './connections/open-connection.js';
import { ProbeGateway } from './connections/probe-gateway.js';
import { ReadConnections } from './connections/read-connections.js';
import { RemoteConnections } from './connections/remote-connections.js';
import { OPERATIONS } from './tokens.js';

@Controller()
export class OpenclawController implements OnModuleInit {
  constructor(
    private readonly messaging: Messaging,
    @Inject(OPERATIONS) private readonly operations: ServiceParts['operations'],
    private readonly probeGateway: ProbeGateway,
    private readonly openConnection: OpenConnection,
    private readonly closeConnection: CloseConnection,
    private readonly connections: ReadConnections,
    private readonly remote: RemoteConnections,
    private readonly listAgents: ListAgents,
    private readonly agents: ManageAgents,
    private readonly agentFiles: AgentFiles,
    private readonly createChat: CreateChat,
    private readonly chats: ReadChats,
    private readonly sendMessage: SendMessage,
    private readonly chatUsage: ChatUsage,
    private readonly followChat: FollowChat,
    private readonly abortTurn: AbortTurn,
    private readonly deleteChat: DeleteChat,
    private readonly approvals: DecideApproval,
  ) {}

  onModuleInit(): void {
    this.messaging.serve(openclawRequests, {
      ...this.operations,
      probeGateway: (input) => this.probeGateway.execute(input),
      openConnection: (input, context) => this.openConnection.execute(input, context),
      closeConnection: (input, context) => this.closeConnection.execute(input, context),
      listConnections: (query) => this.connections.list(query),
      getConnection: ({ id }, context) => this.connections.get(id, context),
      listProbes: (query, context) => this.connections.probes(query, context),
      createConnection: (input, context) => this.remote.create(input, context),
      testConnection: (input, context) => this.remote.test(input, context),
      updateConnection: (input, context) => this.remote.update(input, context),
      rotateDevice: (input, context) => this.remote.rotateDevice(input, context),
      deleteConnection: (input, context) => this.remote.remove(input, context),
      listAgents: (input) => this.listAgents.execute(input),
      listGatewayModels: (input, context) => this.agents.models(input, context),
      createAgent: (input, context) => this.agents.create(input, context),
      updateAgent: (input, context) => this.agents.update(input, context),
      deleteAgent: (input, context) => this.agents.remove(input, context),
      listAgentFiles: (input, context) => this.agentFiles.list(input, context),
      getAgentFile: (input, context) => this.agentFiles.get(input, context),
      setAgentFile: (input, context) => this.agentFiles.set(input, context),
      createChat: (input, context) => this.createChat.execute(input, context),
      listChats: (query) => this.chats.list(query),
      getChat: ({ id }, context) => this.chats.get(id, context),
      listMessages: (query, context) => this.chats.messages(query, context),
      sendMessage: (input, context) => this.sendMessage.execute(input, context),
      getChatUsage: (input, context) => this.chatUsage.execute(input, context),
      followChat: (input, context) => this.followChat.execute(input, context),
      abortTurn: (input, context) => this.abortTurn.execute(input, context),
      listApprovals: (query) => this.approvals.list(query),
      decideApproval: (input, context) => this.approvals.execute(input, context),
      deleteChat: (input, context) => this.deleteChat.execute(input, context),
    });
  }
}
