import { modelsRequests } from '@aether/contracts/models';
import { Messaging } from '@aether/messaging/messaging';
import type { Refusing } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';

@Injectable()
export class ChooseModel {
  constructor(private readonly messaging: Messaging) {}

  /** The wanted model if the endpoint offers it; where none is wanted, the first usual one that is, or the default. */
  async choose(
    { wanted, usual = [] }: { wanted?: string | undefined; usual?: readonly string[] | undefined },
    context: Refusing<'model_not_found'>,
  ): Promise<string> {
    const { defaultModel, models } = await this.messaging.call(modelsRequests.getEndpoint, {}, context);
    if (wanted === undefined)
      return usual.find((name) => models.some(({ id }) => id === name)) ?? defaultModel;
    if (models.some(({ id }) => id === wanted)) return wanted;
    throw context.fail('model_not_found', {
      detail: `"${wanted}" is not offered. Offered: ${models.map(({ id }) => id).join(', ')}.`,
    });
  }
}
