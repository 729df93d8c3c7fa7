import { modelsRequests } from '@aether/contracts/models';
import { ContractFailure } from '@aether/contracts/failure';
import { Messaging } from '@aether/messaging/messaging';
import { Inject, Injectable } from '@nestjs/common';
import type { DeployerConfig } from '../config.js';
import { DeploymentRepository } from '../deployment.repository.js';
import { megabytes } from '../megabytes.js';
import { Templates } from '../templates/templates.js';
import { CONFIG } from '../tokens.js';
import { StepError } from './step-error.js';
import type { Step, StepTools } from './step.js';

/** Looks for everything that would fail later, while nothing is made yet. */
@Injectable()
export class Preflight implements Step {
  readonly waitsFor = 'room, memory, a port and a model that answers';
  readonly deadlineMs: number;

  constructor(
    private readonly messaging: Messaging,
    private readonly deployments: DeploymentRepository,
    private readonly templates: Templates,
    @Inject(CONFIG) config: DeployerConfig,
  ) {
    this.deadlineMs = config.PREFLIGHT_MAX_S * 1_000;
  }

  async run(tools: StepTools): Promise<string> {
    const found = await tools.runtime.preflight(tools.deployment().wanted, tools);
    const memory = await this.checkMemory(tools);
    const port = await this.choosePort(tools);
    const model = await this.checkModel(tools);
    return `${found}; ${memory}; port ${port}; ${model}`;
  }

  private async checkMemory(tools: StepTools): Promise<string> {
    const neededMb = (await this.templates.get(tools.deployment().template)).memoryMb;
    const availableMb = await tools.runtime.availableMemoryMb();
    const remedy = 'Stop another agent or program, then try again.';
    if (availableMb < neededMb)
      throw new StepError({
        code: 'no_memory',
        cause: `The agent needs ${megabytes(neededMb)} of memory, ${megabytes(availableMb)} are free.`,
        remedy,
      });
    if (!(await tools.reserveMemory({ neededMb, availableMb })))
      throw new StepError({
        code: 'no_memory',
        cause: `The agent needs ${megabytes(neededMb)} of memory; ${megabytes(availableMb)} are free, but kept for agents that are starting.`,
        remedy,
        passing: true,
      });
    return `${megabytes(availableMb)} of memory free`;
  }

  private async choosePort(tools: StepTools): Promise<number> {
    const { id, port: preferred } = tools.deployment();
    for (;;) {
      const others = await this.deployments.othersThan(id);
      const taken = others.flatMap(({ port }) => port ?? []);
      const port = await tools.runtime.choosePort({ preferred, taken });
      if (port === preferred) return port;
      if (!(await tools.takePort(port))) continue;
      if (preferred !== null) tools.tell(`another program has port ${preferred}, so this agent gets ${port}`);
      return port;
    }
  }

  private async checkModel(tools: StepTools): Promise<string> {
    const { supervised } = tools.deployment();
    try {
      const { ok, demo, cause, remedy } = await this.messaging.call(
        modelsRequests.checkProvider,
        {},
        tools.context,
      );
      if (ok) return demo ? 'the demo model answers' : 'the model provider answers';
      throw new StepError({
        code: 'model_unusable',
        cause: cause ?? 'The model endpoint does not answer.',
        remedy: remedy ?? 'Check the settings of the model provider, then try again.',
      });
    } catch (error) {
      // An agent that ran before is not kept down by a provider that is away for a while.
      const tolerable = error instanceof StepError || error instanceof ContractFailure;
      if (!supervised || !tolerable) throw error;
      return `the model does not answer (${error.message})`;
    }
  }
}
