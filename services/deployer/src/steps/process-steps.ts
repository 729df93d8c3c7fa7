import { Inject, Injectable } from '@nestjs/common';
import type { DeployerConfig } from '../config.js';
import { CONFIG } from '../tokens.js';
import type { Step, StepTools } from './step.js';

@Injectable()
export class Create implements Step {
  readonly waitsFor = 'the OpenClaw package or image to be here';
  readonly deadlineMs: number;

  constructor(@Inject(CONFIG) config: DeployerConfig) {
    this.deadlineMs = config.CREATE_MAX_S * 1_000;
  }

  async run(tools: StepTools): Promise<string> {
    const { id, settings } = tools.deployment();
    const { told, image } = await tools.runtime.create({ id, settings }, tools);
    await tools.save((deployment) => {
      deployment.image = image;
    });
    return told;
  }
}

@Injectable()
export class Start implements Step {
  readonly waitsFor = "the agent's gateway to be ready";
  readonly deadlineMs: number;

  constructor(@Inject(CONFIG) config: DeployerConfig) {
    this.deadlineMs = config.START_MAX_S * 1_000;
  }

  async run(tools: StepTools): Promise<string> {
    return tools.runtime.start(tools.deployment().id, tools);
  }
}

@Injectable()
export class Stop implements Step {
  readonly waitsFor = 'running turns to end';
  readonly deadlineMs: number;
  private readonly drainMs: number;

  constructor(@Inject(CONFIG) config: DeployerConfig) {
    this.drainMs = config.DRAIN_MAX_S * 1_000;
    // What is killed after the drain is gone within seconds.
    this.deadlineMs = this.drainMs + 30_000;
  }

  async run(tools: StepTools): Promise<null> {
    const { id, operation } = tools.deployment();
    await tools.runtime.stop(
      id,
      operation === 'delete' ? Math.min(this.drainMs, DELETE_DRAIN_MS) : this.drainMs,
    );
    return null;
  }
}

/** Who deletes an agent does not wait for what it is still saying. */
const DELETE_DRAIN_MS = 5_000;

/** Keeps the agent's state as it is before a change; it stands still by now. */
@Injectable()
export class Snapshot implements Step {
  readonly waitsFor = "the agent's state to be copied";
  readonly deadlineMs: number;

  constructor(@Inject(CONFIG) config: DeployerConfig) {
    this.deadlineMs = config.CREATE_MAX_S * 1_000;
  }

  async run(tools: StepTools): Promise<string> {
    return tools.runtime.snapshot(tools.deployment().id, tools);
  }
}

@Injectable()
export class Restore implements Step {
  readonly waitsFor = "the agent's state from before the change";
  readonly deadlineMs: number;

  constructor(@Inject(CONFIG) config: DeployerConfig) {
    this.deadlineMs = config.CREATE_MAX_S * 1_000;
  }

  async run(tools: StepTools): Promise<string> {
    return tools.runtime.restore(tools.deployment().id, tools);
  }
}
