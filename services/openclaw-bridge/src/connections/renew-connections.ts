import { Injectable } from '@nestjs/common';
import { Leases } from '../leases/leases.js';
import { ConnectionRepository } from './connection.repository.js';

/**
 * Connects anew with a token or another secret that was replaced in the vault: a socket that still stands would hide a wrong one until
 * its next loss. Messages wait meanwhile, and turns that run are found again in the gateway's history.
 */
@Injectable()
export class RenewConnections {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly leases: Leases,
  ) {}

  /** One instance is told of it; the holders see it in the rows. */
  async execute(secretId: string): Promise<void> {
    await this.connections.openAnewWithSecret(secretId);
    this.leases.wake();
  }
}
