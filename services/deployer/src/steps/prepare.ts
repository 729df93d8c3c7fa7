import { authRequests } from '@aether/contracts/auth';
import { modelsRequests } from '@aether/contracts/models';
import { Messaging } from '@aether/messaging/messaging';
import { Inject, Injectable } from '@nestjs/common';
import type { DeployerConfig } from '../config.js';
import { Templates } from '../templates/templates.js';
import { CONFIG } from '../tokens.js';
import { StepError } from './step-error.js';
import type { Step, StepTools } from './step.js';

/** Writes the agent's configuration, with a token and a model key that are its own. */
@Injectable()
export class Prepare implements Step {
  readonly waitsFor = "the vault, a model key and the agent's files";
  readonly deadlineMs: number;

  constructor(
    private readonly messaging: Messaging,
    private readonly templates: Templates,
    @Inject(CONFIG) private readonly config: DeployerConfig,
  ) {
    this.deadlineMs = config.PREPARE_MAX_S * 1_000;
  }

  async run(tools: StepTools): Promise<string> {
    const { id, name, template, model, port, operationId, settings } = tools.deployment();
    if (port === null) throw new Error('preflight has chosen no port');
    const gatewayToken = await this.keepToken(tools);
    const endpoint = await this.messaging.call(modelsRequests.getEndpoint, {}, tools.context);
    if (!endpoint.models.some((offered) => offered.id === model))
      throw new StepError({
        code: 'model_not_offered',
        cause: `The model endpoint no longer offers "${model}". It offers: ${endpoint.models.map((offered) => offered.id).join(', ')}.`,
        remedy:
          'Configure a provider that offers this model, or delete the deployment and deploy it with another one.',
      });
    const { key } = await this.messaging.call(
      modelsRequests.issueVirtualKey,
      { deploymentId: id },
      { ...tools.context, idempotencyKey: `${id}:${operationId}` },
    );
    const { url } = await tools.runtime.prepare(
      {
        id,
        name,
        port,
        settings,
        toolServers: this.config.AGENT_TOOLS_URL ? { aether: this.config.AGENT_TOOLS_URL } : {},
        model: { baseUrl: endpoint.baseUrl, id: model, offered: endpoint.models },
        files: (await this.templates.get(template)).files,
      },
      { gatewayToken, modelKey: key },
    );
    await tools.save((deployment) => {
      deployment.url = url;
    });
    return `configuration written, model ${model}${endpoint.demo ? ' (demo)' : ''}`;
  }

  /** The runtime has the token first, so a crash on the way to the vault brings the same one again. */
  private async keepToken(tools: StepTools): Promise<string> {
    const { id, name, tokenSecretId } = tools.deployment();
    const value = await tools.runtime.gatewayToken(id);
    if (tokenSecretId !== null) return value;
    const secret = await this.messaging.call(
      authRequests.storeSecret,
      { name: `gateway token of ${name}`, value },
      { ...tools.context, idempotencyKey: `${id}:gateway-token` },
    );
    await tools.save((deployment) => {
      deployment.tokenSecretId = secret.id;
    });
    return value;
  }
}
