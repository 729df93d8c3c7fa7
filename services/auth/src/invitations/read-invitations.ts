import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { findInvitationByToken, pageInvitations } from './invitation.repository.js';

type List = typeof authRequests.listInvitations;
type Read = typeof authRequests.readInvitation;

@Injectable()
export class ReadInvitations {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(input: InputOf<List>, context: RequestContext<List>): Promise<OutputOf<List>> {
    requirePermission(context, 'users:read');
    const page = await this.database.read((manager) => pageInvitations(manager, input));
    return { ...page, items: page.items.map((invitation) => invitation.toInvitation()) };
  }

  async byToken(input: InputOf<Read>, context: RequestContext<Read>): Promise<OutputOf<Read>> {
    const found = await this.database.read((manager) => findInvitationByToken(manager, input.token));
    if (!found?.isOpen(this.clock.now())) throw context.fail('invitation_invalid');
    const { email, role, expiresAt } = found.toInvitation();
    return { email, role, expiresAt };
  }
}
