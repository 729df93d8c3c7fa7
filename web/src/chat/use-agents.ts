'use client';
import type { Agent, Chat } from '@aether/contracts/openclaw';
import { useRead } from '@/api/queries';

/** Finds the agent that a chat is with; undefined where its gateway is not connected. */
export function useAgents(): (chat: Pick<Chat, 'deploymentId' | 'agentId'>) => Agent | undefined {
  const agents = useRead('GET /api/v1/agents', {});
  const items = agents.data?.items;
  return ({ deploymentId, agentId }) =>
    items?.find((each) => each.deploymentId === deploymentId && each.id === agentId) ??
    items?.find((each) => each.deploymentId === deploymentId);
}
