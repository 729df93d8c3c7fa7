import type { ServiceParts } from '@aether/runtime/service';
import { Controller, Inject, type OnModuleInit } from '@nestjs/common';
import { AgentFiles } from './agents/agent-files.js';
import { ListAgents } from './agents/list-agents.js';
import { ManageAgents } from './agents/manage-agents.js';
import { DecideApproval } from './approvals/decide-approval.js';
import { AbortTurn } from './chats/abort-turn.js';
import { Attachments } from './chats/attachments.js';
import { GatewayCalls } from './chats/gateway-calls.js';
import { CreateChat } from './chats/create-chat.js';
import { DeleteChat } from './chats/delete-chat.js';
import { FollowChat } from './chats/follow-chat.js';
import { ReadChats } from './chats/read-chats.js';
import { SearchMessages } from './chats/search-messages.js';
import { SendMessage } from './chats/send-message.js';
import { UpdateChat } from './chats/update-chat.js';
import { CloseConnection } from './connections/close-connection.js';
import { OpenConnection } from './connections/open-connection.js';
import { ProbeGateway } from './connections/probe-gateway.js';
import { ReadConnections } from './connections/read-connections.js';
import { RemoteConnections } from './connections/remote-connections.js';
import { PassOn } from './leases/pass-on.js';
import { OPERATIONS } from './tokens.js';

@Controller()
export class OpenclawController implements OnModuleInit {
  constructor(
    private readonly passOn: PassOn,
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
    private readonly updateChat: UpdateChat,
    private readonly attachments: Attachments,
    private readonly searchMessages: SearchMessages,
    private readonly sendMessage: SendMessage,
    private readonly gatewayCalls: GatewayCalls,
    private readonly followChat: FollowChat,
    private readonly abortTurn: AbortTurn,
    private readonly deleteChat: DeleteChat,
    private readonly approvals: DecideApproval,
  ) {}

  onModuleInit(): void {
    this.passOn.serve({
      ...this.operations,
      probeGateway: (input) => this.probeGateway.execute(input),
      openConnection: (input, context) => this.openConnection.execute(input, context),
      closeConnection: (input, context) => this.closeConnection.execute(input, context),
      listConnections: (query, context) => this.connections.list(query, context),
      getConnection: ({ id }, context) => this.connections.get(id, context),
      listProbes: (query, context) => this.connections.probes(query, context),
      createConnection: (input, context) => this.remote.create(input, context),
      testConnection: (input, context) => this.remote.test(input, context),
      updateConnection: (input, context) => this.remote.update(input, context),
      rotateDevice: (input, context) => this.remote.rotateDevice(input, context),
      deleteConnection: (input, context) => this.remote.remove(input, context),
      listAgents: (input, context) => this.listAgents.execute(input, context),
      listGatewayModels: (input, context) => this.agents.models(input, context),
      createAgent: (input, context) => this.agents.create(input, context),
      updateAgent: (input, context) => this.agents.update(input, context),
      deleteAgent: (input, context) => this.agents.remove(input, context),
      listAgentFiles: (input, context) => this.agentFiles.list(input, context),
      getAgentFile: (input, context) => this.agentFiles.get(input, context),
      setAgentFile: (input, context) => this.agentFiles.set(input, context),
      createChat: (input, context) => this.createChat.execute(input, context),
      listChats: (query, context) => this.chats.list(query, context),
      updateChat: (input, context) => this.updateChat.execute(input, context),
      putAttachment: (input, context) => this.attachments.put(input, context),
      deleteAttachment: (input, context) => this.attachments.remove(input, context),
      readAttachment: (input, context) => this.attachments.read(input, context),
      searchMessages: (input, context) => this.searchMessages.execute(input, context),
      getChat: ({ id }, context) => this.chats.get(id, context),
      listMessages: (query, context) => this.chats.messages(query, context),
      sendMessage: (input, context) => this.sendMessage.execute(input, context),
      getChatUsage: (input, context) => this.gatewayCalls.sum(input, context),
      listGatewayCalls: (input, context) => this.gatewayCalls.list(input, context),
      followChat: (input, context) => this.followChat.execute(input, context),
      abortTurn: (input, context) => this.abortTurn.execute(input, context),
      listApprovals: (query, context) => this.approvals.list(query, context),
      decideApproval: (input, context) => this.approvals.execute(input, context),
      deleteChat: (input, context) => this.deleteChat.execute(input, context),
    });
  }
}
