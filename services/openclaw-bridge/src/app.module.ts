import { Messaging } from '@aether/messaging/messaging';
import { Database } from '@aether/persistence/database';
import { EventConsumers } from '@aether/persistence/event-consumers';
import { systemClock } from '@aether/runtime/clock';
import type { ServiceParts } from '@aether/runtime/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { AgentFiles } from './agents/agent-files.js';
import { AskGateway } from './agents/ask-gateway.js';
import { ListAgents } from './agents/list-agents.js';
import { ManageAgents } from './agents/manage-agents.js';
import { ApprovalRepository } from './approvals/approval.repository.js';
import { Approvals } from './approvals/approvals.js';
import { DecideApproval } from './approvals/decide-approval.js';
import { AbortTurn } from './chats/abort-turn.js';
import { AttachmentRepository } from './chats/attachment.repository.js';
import { Attachments } from './chats/attachments.js';
import { ChatFeed } from './chats/chat-feed.js';
import { ChatRepository } from './chats/chat.repository.js';
import { GatewayCalls } from './chats/gateway-calls.js';
import { CreateChat } from './chats/create-chat.js';
import { DeleteChat } from './chats/delete-chat.js';
import { FollowChat } from './chats/follow-chat.js';
import { MessageSearch } from './chats/message-search.repository.js';
import { OpenTurns } from './chats/open-turns.js';
import { ReadChats } from './chats/read-chats.js';
import { SearchMessages } from './chats/search-messages.js';
import { SendMessage } from './chats/send-message.js';
import { TidyAttachments } from './chats/tidy-attachments.js';
import { TurnDeadlines } from './chats/turn-deadlines.js';
import { TurnDriver } from './chats/turn-driver.js';
import { TurnEvents } from './chats/turn-events.js';
import { TurnRepository } from './chats/turn.repository.js';
import { TurnStore } from './chats/turn-store.js';
import { Turns } from './chats/turns.js';
import { UpdateChat } from './chats/update-chat.js';
import type { BridgeConfig } from './config.js';
import { CloseConnection } from './connections/close-connection.js';
import { ConnectionHub } from './connections/connection-hub.js';
import { ConnectionRepository } from './connections/connection.repository.js';
import { DeviceRepository } from './connections/device.repository.js';
import { Devices } from './connections/devices.js';
import { GatewaySecrets } from './connections/gateway-secrets.js';
import { OpenConnection } from './connections/open-connection.js';
import { PeriodicProbe } from './connections/periodic-probe.js';
import { ProbeGateway } from './connections/probe-gateway.js';
import { ReadConnections } from './connections/read-connections.js';
import { RemoteConnections } from './connections/remote-connections.js';
import { RenewConnections } from './connections/renew-connections.js';
import { Claims } from './leases/claims.js';
import { LeaseRepository } from './leases/lease.repository.js';
import { Leases } from './leases/leases.js';
import { PassOn } from './leases/pass-on.js';
import { GatewayClients } from './gateway/gateway-client.js';
import { OfficialClients } from './gateway/official-client.js';
import { OpenclawConsumers } from './openclaw.consumers.js';
import { OpenclawController } from './openclaw.controller.js';
import { CLOCK, CONFIG, LOGGER, OPERATIONS } from './tokens.js';

const useCases = [
  ProbeGateway,
  OpenConnection,
  CloseConnection,
  RemoteConnections,
  RenewConnections,
  ReadConnections,
  ListAgents,
  AskGateway,
  ManageAgents,
  AgentFiles,
  GatewayCalls,
  CreateChat,
  UpdateChat,
  Attachments,
  SearchMessages,
  ReadChats,
  SendMessage,
  FollowChat,
  AbortTurn,
  DeleteChat,
  DecideApproval,
];

const parts = [
  Claims,
  LeaseRepository,
  Leases,
  PassOn,
  ConnectionRepository,
  DeviceRepository,
  Devices,
  GatewaySecrets,
  ConnectionHub,
  PeriodicProbe,
  ChatRepository,
  AttachmentRepository,
  TidyAttachments,
  MessageSearch,
  ChatFeed,
  OpenTurns,
  TurnRepository,
  TurnStore,
  TurnDriver,
  TurnEvents,
  TurnDeadlines,
  Turns,
  ApprovalRepository,
  Approvals,
];

@Module({})
export class AppModule {
  static register(service: ServiceParts<BridgeConfig>): DynamicModule {
    return {
      module: AppModule,
      controllers: [OpenclawController],
      providers: [
        { provide: Messaging, useValue: service.messaging },
        { provide: Database, useValue: service.database },
        { provide: EventConsumers, useValue: service.consumers },
        { provide: OPERATIONS, useValue: service.operations },
        { provide: LOGGER, useValue: service.logger },
        { provide: CONFIG, useValue: service.config },
        { provide: CLOCK, useValue: systemClock },
        { provide: GatewayClients, useClass: OfficialClients },
        ...parts,
        ...useCases,
        OpenclawConsumers,
      ],
    };
  }
}
