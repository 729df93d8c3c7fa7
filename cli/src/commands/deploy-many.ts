import type { Deployment, Runtime, RuntimeSettings } from '@aether/contracts/deployer';
import type { Visibility } from '@aether/contracts/schemas';
import type { Api } from '../api.js';
import { finishOperation } from '../finish-operation.js';
import { askText } from '../prompts.js';
import type { Terminal } from '../terminal.js';
import { stateLabel } from '../view/deployment-state.js';

interface Asked {
  readonly preset?: string | undefined;
  readonly template?: string | undefined;
  readonly name?: string | undefined;
  readonly count: number;
  readonly runtime?: Runtime | undefined;
  readonly model?: string | undefined;
  readonly settings?: RuntimeSettings | undefined;
  readonly visibility: Visibility;
  readonly wait: boolean;
  readonly timeout: number;
}

/** Agents from a preset, or several from a template: accepted all or none, waited for one after the other. */
export async function deployMany(call: { api: Api; terminal: Terminal; input: Asked }): Promise<void> {
  const { api, terminal, input } = call;
  const { preset, template, count, runtime, model, settings, visibility } = input;
  const suggestion = preset ?? template ?? 'agent';
  const name =
    input.name ?? (await askText({ terminal, flag: '--name', message: 'Name of the agents', suggestion }));
  const asked = { name, count, preset, template, runtime, model, settings, visibility };
  const { items } = await api.call('POST /api/v1/deployment-batches', asked);
  const deployments: Deployment[] = [];
  for (const deployment of items)
    deployments.push(
      input.wait
        ? await finishOperation({
            ...{ api, terminal, deployment, wanted: 'ready' },
            timeoutMs: input.timeout * 1_000,
          })
        : deployment,
    );
  terminal.answer({ deployments }, () => {
    for (const { name: agent, state } of deployments)
      terminal.line(`${stateLabel(state, terminal.colours)}  ${agent}`);
  });
}
