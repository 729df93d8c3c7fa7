import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { anyUserExists } from '../users/user.repository.js';

@Injectable()
export class GetSetupState {
  constructor(private readonly database: Database) {}

  async execute(): Promise<{ setUp: boolean }> {
    return { setUp: await this.database.read(anyUserExists) };
  }
}
