import { openclawRequests, type Connection } from '@aether/contracts/openclaw';
import type { InputOf } from '@aether/contracts/contract';
import type { Context } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { Leases } from '../leases/leases.js';
import { ConnectionRepository } from './connection.repository.js';

@Injectable()
export class OpenConnection {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionRepository,
    private readonly leases: Leases,
  ) {}

  async execute(
    input: InputOf<typeof openclawRequests.openConnection>,
    context: Context,
  ): Promise<Connection> {
    const row = await this.database.transaction(context, (tx) => this.connections.aim(tx, input));
    this.leases.wake();
    return row.reply();
  }
}
