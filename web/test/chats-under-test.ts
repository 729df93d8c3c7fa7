import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Agent, Chat } from '@aether/contracts/openclaw';
import { eventually } from '@aether/testing/eventually';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { ask } from './ask.js';
import { openPage, signIn, visit, type Opened } from './browser.js';
import { admin, useConsole } from './console-under-test.js';

/** A system with one agent, `lab`, in a gateway that plays it, there from the first test to the last. */
export function useChats() {
  const system = useConsole({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' });
  let gateway: FakeGateway;
  let agent: Agent;
  beforeAll(async () => {
    gateway = await FakeGateway.start();
    const { machine } = system();
    await machine.ask(['connection', 'add', 'lab', gateway.url, '--stdin'], { input: gateway.token });
    await eventually(async () => {
      const { items } = await ask<{ items: Agent[] }>(machine, 'GET agents');
      agent = items[0]!;
      expect(agent.online).toBe(true);
    });
  }, 60_000);
  afterAll(() => gateway.stop());
  return {
    system,
    gateway: () => gateway,
    /** A new chat with the agent. */
    openChat: (title: string): Promise<Chat> => {
      const { deploymentId, id: agentId } = agent;
      return ask<Chat>(system().machine, 'POST chats', { deploymentId, agentId, title });
    },
    /** A page of somebody who is signed in. */
    openAt: async (path: string, account = admin): Promise<Opened> => {
      const opened = await openPage(system().browser, system().machine);
      await signIn(opened.page, account);
      await visit(opened.page, path);
      return opened;
    },
  };
}
