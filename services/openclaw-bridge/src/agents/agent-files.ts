import type { AgentFile, agentRequests } from '@aether/contracts/agents';
import { AgentFileName } from '@aether/contracts/agents';
import type { InputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AskGateway } from './ask-gateway.js';

type Requests = typeof agentRequests;

const File = z.looseObject({
  name: z.string(),
  missing: z.boolean().default(false),
  size: z.number().int().default(0),
  content: z.string().optional(),
});
const OneFile = z.looseObject({ file: File });
const Files = z.looseObject({ files: z.array(File) });

/** The files that an agent's gateway puts into its prompt: they stay there, and are read and written there. */
@Injectable()
export class AgentFiles {
  constructor(private readonly gateways: AskGateway) {}

  async list(
    { deploymentId, agentId }: InputOf<Requests['listAgentFiles']>,
    context: RequestContext<Requests['listAgentFiles']>,
  ): Promise<{ items: AgentFile[] }> {
    requirePermission(context, 'agents:read');
    const { ask } = await this.gateways.of(deploymentId, context);
    const { files } = Files.parse(await ask('agents.files.list', { agentId }));
    return { items: files.flatMap((file) => reply({ ...file, content: undefined }) ?? []) };
  }

  async get(
    { deploymentId, agentId, name }: InputOf<Requests['getAgentFile']>,
    context: RequestContext<Requests['getAgentFile']>,
  ): Promise<AgentFile> {
    requirePermission(context, 'agents:read');
    const { ask } = await this.gateways.of(deploymentId, context);
    return one(await ask('agents.files.get', { agentId, name }));
  }

  async set(
    { deploymentId, agentId, name, content }: InputOf<Requests['setAgentFile']>,
    context: RequestContext<Requests['setAgentFile']>,
  ): Promise<AgentFile> {
    requirePermission(context, 'agents:write');
    const { ask } = await this.gateways.of(deploymentId, context);
    return one(await ask('agents.files.set', { agentId, name, content }));
  }
}

function one(answer: unknown): AgentFile {
  const file = reply(OneFile.parse(answer).file);
  if (!file) throw new Error('the gateway answered with another file');
  return file;
}

/** Null for a file of a newer gateway that is not known here. */
function reply({ name, missing, size, content }: z.infer<typeof File>): AgentFile | null {
  const known = AgentFileName.safeParse(name);
  if (!known.success) return null;
  return { name: known.data, missing, size: missing ? 0 : size, content: missing ? null : (content ?? null) };
}
