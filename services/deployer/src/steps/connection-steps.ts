import { setTimeout as delay } from 'node:timers/promises';
import { authRequests } from '@aether/contracts/auth';
import { ContractFailure } from '@aether/contracts/failure';
import { openclawRequests, type Connection, type Reason } from '@aether/contracts/openclaw';
import { Messaging } from '@aether/messaging/messaging';
import { Inject, Injectable } from '@nestjs/common';
import type { DeployerConfig } from '../config.js';
import type { Deployment } from '../deployment.entity.js';
import { CONFIG } from '../tokens.js';
import { drainEnd } from './drain.js';
import { StepError } from './step-error.js';
import type { Step, StepTools } from './step.js';

const ASK_EVERY_MS = 250;

@Injectable()
export class Probe implements Step {
  readonly waitsFor = 'the gateway to answer a probe of its whole protocol';
  readonly deadlineMs: number;

  constructor(
    private readonly messaging: Messaging,
    @Inject(CONFIG) config: DeployerConfig,
  ) {
    this.deadlineMs = config.PROBE_MAX_S * 1_000;
  }

  async run(tools: StepTools): Promise<string> {
    const report = await this.messaging.call(
      openclawRequests.probeGateway,
      { deploymentId: tools.deployment().id, ...gatewayOf(tools.deployment()) },
      tools.context,
    );
    if (!report.ok) throw reasonError(report.reason, 'The gateway did not pass the probe.');
    const checks = report.checks.map(({ name, ms }) => `${name} ${Math.round(ms)} ms`).join(', ');
    return `OpenClaw ${report.gatewayVersion ?? 'of unknown version'} answers: ${checks}`;
  }
}

@Injectable()
export class Connect implements Step {
  readonly waitsFor = 'the bridge to hold a connection';
  readonly deadlineMs: number;

  constructor(
    private readonly messaging: Messaging,
    @Inject(CONFIG) config: DeployerConfig,
  ) {
    this.deadlineMs = config.CONNECT_MAX_S * 1_000;
  }

  async run(tools: StepTools): Promise<string> {
    const deployment = tools.deployment();
    let connection = await this.messaging.call(
      openclawRequests.openConnection,
      { ...seenAs(deployment), ...gatewayOf(deployment) },
      tools.context,
    );
    while (connection.state !== 'connected') {
      if (connection.state === 'refused')
        throw reasonError(connection.reason, 'The gateway refused the connection.');
      await delay(ASK_EVERY_MS, undefined, { signal: tools.signal });
      connection = await this.messaging.call(
        openclawRequests.getConnection,
        { id: connection.id },
        tools.context,
      );
    }
    await tools.save((row) => noteOf(row, connection));
    return `connected with ${connection.scopes.join(', ') || 'no scopes'}`;
  }
}

@Injectable()
export class Enrol implements Step {
  readonly waitsFor = 'the gateway to name its agents';
  readonly deadlineMs: number;

  constructor(
    private readonly messaging: Messaging,
    @Inject(CONFIG) config: DeployerConfig,
  ) {
    this.deadlineMs = config.CONNECT_MAX_S * 1_000;
  }

  async run(tools: StepTools): Promise<string> {
    for (;;) {
      const { items } = await this.messaging.call(
        openclawRequests.listAgents,
        { deploymentId: tools.deployment().id },
        tools.context,
      );
      if (items.length > 0) return `agents: ${items.map(({ name }) => name).join(', ')}`;
      await delay(ASK_EVERY_MS, undefined, { signal: tools.signal });
    }
  }
}

@Injectable()
export class Disconnect implements Step {
  readonly waitsFor = 'running turns to end, and the bridge to let go of the connection';
  readonly deadlineMs: number;

  constructor(
    private readonly messaging: Messaging,
    @Inject(CONFIG) private readonly config: DeployerConfig,
  ) {
    this.deadlineMs = (config.DRAIN_MAX_S + config.CONNECT_MAX_S) * 1_000;
  }

  /** Turns end while they are still watched; a gateway that is stopped just as one begins would lose it. */
  async run(tools: StepTools): Promise<null> {
    const { id: deploymentId, operation } = tools.deployment();
    const until = drainEnd(tools.deployment(), this.config);
    for (let told = 0; ;) {
      const { running } = await this.messaging.call(
        openclawRequests.closeConnection,
        { deploymentId, drain: Date.now() < until, remove: operation === 'delete' },
        tools.context,
      );
      if (running === 0) return null;
      if (running !== told) tools.tell(`${running} ${running === 1 ? 'turn is' : 'turns are'} still running`);
      told = running;
      await delay(ASK_EVERY_MS, undefined, { signal: tools.signal });
    }
  }
}

@Injectable()
export class Remove implements Step {
  readonly waitsFor = "the agent's files and secrets to be removed";
  readonly deadlineMs: number;

  constructor(
    private readonly messaging: Messaging,
    @Inject(CONFIG) config: DeployerConfig,
  ) {
    this.deadlineMs = config.PREPARE_MAX_S * 1_000;
  }

  async run(tools: StepTools): Promise<null> {
    const { id, tokenSecretId } = tools.deployment();
    await tools.runtime.remove(id);
    if (tokenSecretId !== null) await this.deleteSecret(tokenSecretId, tools);
    return null;
  }

  private async deleteSecret(id: string, { context }: StepTools): Promise<void> {
    try {
      await this.messaging.call(authRequests.deleteSecret, { id }, context);
    } catch (error) {
      const gone = error instanceof ContractFailure && error.code === 'secret_not_found';
      if (!gone) throw error;
    }
  }
}

function gatewayOf({ url, tokenSecretId }: Deployment): { url: string; tokenSecretId: string } {
  if (url === null || tokenSecretId === null) throw new Error('the gateway was not prepared');
  return { url, tokenSecretId };
}

/** Its agents are seen by those who see the deployment. */
const seenAs = ({ id: deploymentId, name, createdBy, visibility }: Deployment) => ({
  deploymentId,
  name,
  createdBy,
  visibility,
});

function noteOf(row: Deployment, { version, state, reason }: Connection): void {
  row.connection = { version, state, reason };
}

/** The bridge knows why; a gateway that has just begun to listen may still come round, so it is tried again. */
function reasonError(reason: Reason | null, otherwise: string): StepError {
  return new StepError({
    code: reason?.code ?? 'gateway_unusable',
    cause: reason?.cause ?? otherwise,
    remedy: reason?.remedy ?? 'Read the log of the deployment, then try again.',
    passing: true,
  });
}
