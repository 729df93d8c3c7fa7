import { authRequests } from '@aether/contracts/auth';
import { ContractFailure } from '@aether/contracts/failure';
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
    const { id, name, template, model, port, operationId, wanted: settings } = tools.deployment();
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
    const content = await this.templates.get(template);
    const { key } = await this.messaging.call(
      modelsRequests.issueVirtualKey,
      { deploymentId: id, models: orderFrom(model, content.models) },
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
        files: content.files,
      },
      { gatewayToken, modelKey: key },
    );
    await tools.save((deployment) => {
      deployment.url = url;
    });
    return `configuration written, model ${model}${endpoint.demo ? ' (demo)' : ''}`;
  }

  /**
   * As the vault has it: people may replace it there. Without one there, the runtime has the token first, so that a
   * crash on the way to the vault brings the same one again.
   */
  private async keepToken(tools: StepTools): Promise<string> {
    const { id, name, operationId } = tools.deployment();
    const known = await this.tokenInVault(tools);
    if (known !== null) return known;
    const value = await tools.runtime.gatewayToken(id);
    const secret = await this.messaging.call(
      authRequests.storeSecret,
      { name: `gateway token of ${name}`, value, purpose: purposeOf(name) },
      { ...tools.context, idempotencyKey: `${id}:${operationId}:gateway-token` },
    );
    await tools.save((deployment) => {
      deployment.tokenSecretId = secret.id;
    });
    return value;
  }

  /** Null where none was stored yet, or somebody has deleted it. */
  private async tokenInVault(tools: StepTools): Promise<string | null> {
    const { name, tokenSecretId } = tools.deployment();
    if (tokenSecretId === null) return null;
    const asked = { id: tokenSecretId, purpose: purposeOf(name) };
    try {
      return (await this.messaging.call(authRequests.revealSecret, asked, tools.context)).value;
    } catch (error) {
      if (error instanceof ContractFailure && error.code === 'secret_not_found') return null;
      throw error;
    }
  }
}

/** A template's models from the chosen one on: those behind it stand in for it. */
function orderFrom(model: string, models: readonly string[] = []): string[] | undefined {
  const at = models.indexOf(model);
  return at < 0 ? undefined : models.slice(at);
}

/** Shown where secrets are listed: which deployment uses it. */
const purposeOf = (name: string) => `deployment ${name}`;
