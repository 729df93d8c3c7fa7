import { openclawCatalog } from '@aether/contracts/openclaw';
import { defineService } from '@aether/runtime/service';
import { AppModule } from './app.module.js';
import { AttachmentPieceRow, AttachmentRow } from './chats/attachment.entity.js';
import { ChatRow } from './chats/chat.entity.js';
import { MessageRow } from './chats/message.entity.js';
import { ApprovalRow } from './approvals/approval.entity.js';
import { BridgeConfig } from './config.js';
import { ConnectionRow } from './connections/connection.entity.js';
import { DeviceRow } from './connections/device.entity.js';
import { ProbeRow } from './connections/probe.entity.js';
import { InstanceRow } from './leases/instance.entity.js';
import { CreateBridge1763857000000 } from './migrations/1763857000000-create-bridge.js';
import { ChatDirectory1764000000000 } from './migrations/1764000000000-chat-directory.js';
import { Devices1764000200000 } from './migrations/1764000200000-devices.js';
import { Approvals1764000300000 } from './migrations/1764000300000-approvals.js';
import { ChatMission1764200000000 } from './migrations/1764200000000-chat-mission.js';
import { RemoteGateways1764300000000 } from './migrations/1764300000000-remote-gateways.js';
import { Leases1764400000000 } from './migrations/1764400000000-leases.js';
import { ChatAttachments1764500000000 } from './migrations/1764500000000-chat-attachments.js';
import { ChatVisibility1764500100000 } from './migrations/1764500100000-chat-visibility.js';
import { MessageWords1764500200000 } from './migrations/1764500200000-message-words.js';
import { ConnectionVisibility1764500300000 } from './migrations/1764500300000-connection-visibility.js';
import { ConnectionDrain1764500400000 } from './migrations/1764500400000-connection-drain.js';

export const openclawBridgeService = defineService({
  name: 'openclaw-bridge',
  catalog: openclawCatalog,
  config: BridgeConfig,
  schema: {
    entities: [
      InstanceRow,
      ConnectionRow,
      DeviceRow,
      ProbeRow,
      ChatRow,
      MessageRow,
      ApprovalRow,
      AttachmentRow,
      AttachmentPieceRow,
    ],
    migrations: [
      CreateBridge1763857000000,
      ChatDirectory1764000000000,
      Devices1764000200000,
      Approvals1764000300000,
      ChatMission1764200000000,
      RemoteGateways1764300000000,
      Leases1764400000000,
      ChatAttachments1764500000000,
      ChatVisibility1764500100000,
      MessageWords1764500200000,
      ConnectionVisibility1764500300000,
      ConnectionDrain1764500400000,
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
