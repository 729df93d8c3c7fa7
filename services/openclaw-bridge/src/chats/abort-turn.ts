import { openclawRequests } from '@aether/contracts/openclaw';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { requireServiceOr } from '@aether/messaging/access';
import { ChatRepository } from './chat.repository.js';
import { Turns } from './turns.js';

@Injectable()
export class AbortTurn {
  constructor(
    private readonly chats: ChatRepository,
    private readonly turns: Turns,
  ) {}

  async execute({ id }: { id: string }, context: RequestContext<typeof openclawRequests.abortTurn>) {
    requireServiceOr(context, 'chats:write');
    if (!(await this.chats.findFor(context.actor, id))) throw context.fail('chat_not_found');
    return { aborted: await this.turns.abort(id) };
  }
}
