import { Injectable } from '@nestjs/common';
import { ConnectionHub } from './connection-hub.js';
import { ConnectionRepository } from './connection.repository.js';

/**
 * Connects anew with a token or another secret that was replaced in the vault: a socket that still stands would hide a wrong one until
 * its next loss. Messages wait meanwhile, and turns that run are found again in the gateway's history.
 */
@Injectable()
export class RenewConnections {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly hub: ConnectionHub,
  ) {}

  async execute(secretId: string): Promise<void> {
    const rows = await this.connections.openWithSecret(secretId);
    await Promise.all(rows.map((row) => this.hub.open(row)));
  }
}
