import { randomBytes, randomUUID } from 'node:crypto';
import { authRequests } from '@aether/contracts/auth';
import type { CallInputOf, OutputOf, RequestContract } from '@aether/contracts/contract';
import {
  openclawLive,
  openclawRequests,
  type Chat,
  type ChatFrame,
  type Message,
} from '@aether/contracts/openclaw';
import { serviceContext, type Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { migrateService, startService, type RunningService } from '@aether/runtime/service';
import { authService } from '@aether/auth/service';
import { startTestNats, testDatabase } from '@aether/testing/environment';
import { eventually } from '@aether/testing/eventually';
import { openclawBridgeService } from '../src/service.js';

export interface BridgeUnderTest {
  readonly environment: Readonly<Record<string, string>>;
  /** Of the user `test`, who may do everything on the bus. */
  readonly testPassword: string;
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  call<C extends RequestContract>(
    contract: C,
    input: CallInputOf<C>,
    as?: Partial<Context>,
  ): Promise<OutputOf<C>>;
  /** Stores the token and opens a connection. */
  connect(url: string, token: string): Promise<{ deploymentId: string; connectionId: string }>;
  /** Connects, waits until it stands, and opens a chat. */
  chatWith(url: string, token: string): Promise<Chat>;
  /** The same with the gateway of somebody else; `OUTBOUND_ALLOWED_RANGES` must allow it. */
  chatWithRemote(url: string, token: string): Promise<Chat>;
  send(chatId: string, text: string): Promise<Message>;
  messages(chatId: string): Promise<Message[]>;
  /** The reply to a message, once it has ended. */
  reply(chatId: string, to: Message, timeoutMs?: number): Promise<Message>;
  follow(chatId: string): { frames: ChatFrame[]; text(): string };
  readonly bus: Messaging;
  startBridge(): Promise<void>;
  stopBridge(): Promise<void>;
  /** Cuts the database off, as an outage does, until the returned function is called. */
  cutDatabase(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** Whose chats the system's own are. */
export const person = randomUUID();

const operator: Partial<Context> = { actor: { type: 'user', id: person, role: 'operator' } };

/** The bridge on a real bus and database, with the real vault; `startsBridge: false` leaves it to the test. */
export async function startBridgeUnderTest(
  settings: Record<string, string> = {},
  { startsBridge = true }: { startsBridge?: boolean } = {},
): Promise<BridgeUnderTest> {
  const [database, vault, nats] = await Promise.all([
    testDatabase('openclaw-bridge'),
    testDatabase('auth'),
    startTestNats(),
  ]);
  const environment = {
    DATABASE_URL: database.url,
    NATS_URL: nats.url,
    NATS_PASSWORD: nats.passwordOf('openclaw-bridge'),
    LOG_LEVEL: 'silent',
    ...settings,
  };
  const authEnvironment = {
    DATABASE_URL: vault.url,
    NATS_URL: nats.url,
    NATS_PASSWORD: nats.passwordOf('auth'),
    LOG_LEVEL: 'silent',
    MASTER_KEY: randomBytes(32).toString('base64'),
  };
  await migrateService(authService, authEnvironment);
  await migrateService(openclawBridgeService, environment);
  const auth = await startService(authService, authEnvironment);
  let bridge: RunningService | undefined;
  const bus = await Messaging.connect({
    url: nats.url,
    user: 'test',
    password: nats.passwordOf('test'),
    catalog: null,
    reportFault: (error) => {
      throw error;
    },
  });
  const call: BridgeUnderTest['call'] = (contract, input, as = {}) =>
    bus.call(contract, input, { ...serviceContext('test'), ...as });

  const chatAt = async (deploymentId: string): Promise<Chat> => {
    await eventually(async () => {
      const { items } = await call(openclawRequests.listAgents, { deploymentId });
      if (!items[0]?.online) throw new Error('the agent is not there yet');
    });
    return call(openclawRequests.createChat, { deploymentId }, operator);
  };
  const system: BridgeUnderTest = {
    environment,
    testPassword: nats.passwordOf('test'),
    query: (sql, values) => database.query(sql, values),
    call,
    bus,
    connect: async (url, token) => {
      const { id: tokenSecretId } = await call(authRequests.storeSecret, {
        name: 'gateway token',
        value: token,
      });
      const deploymentId = randomUUID();
      const connection = await call(openclawRequests.openConnection, {
        deploymentId,
        name: 'first',
        url,
        tokenSecretId,
      });
      return { deploymentId, connectionId: connection.id };
    },
    chatWith: async (url, token) => chatAt((await system.connect(url, token)).deploymentId),
    chatWithRemote: async (url, credential) => {
      const target = { name: `elsewhere ${randomUUID()}`, url, auth: 'token' as const, credential };
      return chatAt((await call(openclawRequests.createConnection, target, operator)).id);
    },
    send: (id, text) => call(openclawRequests.sendMessage, { id, text }, operator),
    messages: async (id) => {
      const { items } = await call(openclawRequests.listMessages, { id, limit: 200 });
      return items.reverse();
    },
    reply: async (chatId, to, timeoutMs = 20_000) => {
      let found: Message | undefined;
      await eventually(
        async () => {
          found = (await system.messages(chatId)).find((message) => message.replyTo === to.id);
          if (!found?.finishedAt) throw new Error(`the reply is ${found?.state ?? 'absent'}`);
        },
        { timeoutMs },
      );
      return found as Message;
    },
    follow: (chatId) => {
      const frames: ChatFrame[] = [];
      let text = '';
      bus.followLive(openclawLive.chat, chatId, ({ data }) => {
        frames.push(data);
        text = textAfter(text, data);
      });
      return { frames, text: () => text };
    },
    startBridge: async () => {
      bridge = await startService(openclawBridgeService, environment);
    },
    stopBridge: async () => {
      await bridge?.stop();
      bridge = undefined;
    },
    cutDatabase: async () => {
      await database.cutOff();
      return () => database.reconnect();
    },
    stop: async () => {
      await system.stopBridge();
      await bus.drain();
      await auth.stop();
      await nats.stop();
      await Promise.all([database.drop(), vault.drop()]);
    },
  };
  if (startsBridge) await system.startBridge();
  return system;
}

/** The text of the last reply as a reader of these frames has it on the screen. */
export function shownText(frames: readonly ChatFrame[]): string {
  return frames.reduce(textAfter, '');
}

function textAfter(text: string, frame: ChatFrame): string {
  if (frame.kind === 'delta') return text.slice(0, frame.offset) + frame.delta;
  return frame.kind === 'message' && frame.message.role === 'assistant' ? frame.message.text : text;
}
