import { openclawCatalog } from '@aether/contracts/openclaw';
import { defineService } from '@aether/runtime/service';
import { AppModule } from './app.module.js';
import { ChatRow } from './chats/chat.entity.js';
import { MessageRow } from './chats/message.entity.js';
import { ApprovalRow } from './approvals/approval.entity.js';
import { BridgeConfig } from './config.js';
import { ConnectionRow } from './connections/connection.entity.js';
import { DeviceRow } from './connections/device.entity.js';
import { ProbeRow } from './connections/probe.entity.js';
import { CreateBridge1763857000000 } from './migrations/1763857000000-create-bridge.js';
import { ChatDirectory1764000000000 } from './migrations/1764000000000-chat-directory.js';
import { Devices1764000200000 } from './migrations/1764000200000-devices.js';
import { Approvals1764000300000 } from './migrations/1764000300000-approvals.js';
import { ChatMission1764200000000 } from './migrations/1764200000000-chat-mission.js';
import { RemoteGateways1764300000000 } from './migrations/1764300000000-remote-gateways.js';

export const openclawBridgeService = defineService({
  name: 'openclaw-bridge',
  catalog: openclawCatalog,
  config: BridgeConfig,
  schema: {
    entities: [ConnectionRow, DeviceRow, ProbeRow, ChatRow, MessageRow, ApprovalRow],
    migrations: [
      CreateBridge1763857000000,
      ChatDirectory1764000000000,
      Devices1764000200000,
      Approvals1764000300000,
      ChatMission1764200000000,
      RemoteGateways1764300000000,
    ],
  },
  counted: [
    {
      figure: 'aether_connections',
      help: 'Connections to gateways by state.',
      rows: ConnectionRow,
      by: 'state',
    },
  ],
  module: (parts) => AppModule.register(parts),
});
