import { modelsRequests } from '@aether/contracts/models';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Injectable } from '@nestjs/common';
import type { LanguageModel } from 'ai';

/** The model Jason thinks with. */
export interface JasonModel {
  readonly model: LanguageModel;
  /** It is the demo model: whatever it makes is labelled so. */
  readonly demo: boolean;
}

/** Jason's calls are accounted to this id, as those of a deployment are to its own. */
const JASON_ID = '00000000-0000-7000-8000-00000000ca50';

/** Jason's way to a language model: like every agent's, by the models service, with a key of his own. */
@Injectable()
export class ModelAccess {
  private key: Promise<string> | null = null;

  constructor(private readonly messaging: Messaging) {}

  /** His calls count for the mission, where it is about one. */
  async open(missionId: string | null): Promise<JasonModel> {
    const context = serviceContext('orchestrator');
    if (missionId !== null) {
      const session = { deploymentId: JASON_ID, session: missionId, missionId };
      await this.messaging.call(modelsRequests.attributeSession, session, context);
    }
    const endpoint = await this.messaging.call(modelsRequests.getEndpoint, {}, context);
    const provider = createOpenAICompatible({
      name: 'aether',
      baseURL: endpoint.baseUrl,
      apiKey: await this.issuedKey(),
      headers: { ...(missionId !== null && { session_id: missionId }) },
      includeUsage: true,
      supportsStructuredOutputs: true,
      fetch: async (...request) => {
        const response = await fetch(...request);
        // Another instance has asked for a key since, which ended ours: the next call gets a new one.
        if (response.status === 401) this.key = null;
        return response;
      },
    });
    return { model: provider(endpoint.defaultModel), demo: endpoint.demo };
  }

  private async issuedKey(): Promise<string> {
    this.key ??= this.messaging
      .call(modelsRequests.issueVirtualKey, { deploymentId: JASON_ID }, serviceContext('orchestrator'))
      .then(({ key }) => key);
    try {
      return await this.key;
    } catch (error) {
      this.key = null;
      throw error;
    }
  }
}
