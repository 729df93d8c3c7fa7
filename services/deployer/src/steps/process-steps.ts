import { Inject, Injectable } from '@nestjs/common';
import type { DeployerConfig } from '../config.js';
import { CONFIG } from '../tokens.js';
import { drainEnd } from './drain.js';
import type { Step, StepTools } from './step.js';

@Injectable()
export class Create implements Step {
  readonly waitsFor = 'the OpenClaw package or image to be here';
  readonly deadlineMs: number;

  constructor(@Inject(CONFIG) config: DeployerConfig) {
    this.deadlineMs = config.CREATE_MAX_S * 1_000;
  }

  async run(tools: StepTools): Promise<string> {
    const { id, wanted: settings } = tools.deployment();
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
    const { id, image } = tools.deployment();
    return tools.runtime.start({ id, image }, tools);
  }
}

@Injectable()
export class Stop implements Step {
  readonly waitsFor = 'running turns to end';
  readonly deadlineMs: number;

  constructor(@Inject(CONFIG) private readonly config: DeployerConfig) {
    // What is killed after the drain is gone within seconds.
    this.deadlineMs = config.DRAIN_MAX_S * 1_000 + 30_000;
  }

  /** The bridge's turns have ended by now; those that others began at the gateway have what time is left. */
  async run(tools: StepTools): Promise<null> {
    const deployment = tools.deployment();
    const leftMs = drainEnd(deployment, this.config) - Date.now();
    await tools.runtime.stop(deployment.id, Math.max(leftMs, STOP_MS));
    return null;
  }
}

/** What a gateway with nothing to do takes to end, and more. */
const STOP_MS = 5_000;

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
