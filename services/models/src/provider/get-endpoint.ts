import type { ModelEndpoint } from '@aether/contracts/models';
import type { Context } from '@aether/messaging/context';
import { Injectable } from '@nestjs/common';
import { requireServiceOr } from '@aether/messaging/access';
import { EndpointServer } from '../calls/endpoint.server.js';
import { ModelCatalogue } from './model-catalogue.js';

@Injectable()
export class GetEndpoint {
  constructor(
    private readonly catalogue: ModelCatalogue,
    private readonly server: EndpointServer,
  ) {}

  async execute(context: Context): Promise<ModelEndpoint> {
    requireServiceOr(context, 'models:read');
    return { baseUrl: this.server.baseUrl, ...(await this.catalogue.describe()) };
  }
}
