import { setTimeout as delay } from 'node:timers/promises';
import { LiveServerFrame } from '@aether/contracts/live-frames';
import { ChatFrame } from '@aether/contracts/openclaw';
import type { AetherSystem } from './aether.js';

const DEPLOY_WITHIN_MS = 20 * 60_000;
const TURN_WITHIN_MS = 120_000;

/** Deploys an agent and returns its id and how long the call took to be ready, in milliseconds. */
export async function deploy(system: AetherSystem, name: string): Promise<{ id: string; readyMs: number }> {
  const startedAt = performance.now();
  const { id } = await system.call('POST /api/v1/deployments', { name, template: 'general' });
  while (performance.now() - startedAt < DEPLOY_WITHIN_MS) {
    const { state, failure } = await system.call('GET /api/v1/deployments/{id}', { id });
    if (state === 'ready') return { id, readyMs: performance.now() - startedAt };
    if (state === 'failed') throw new Error(`The deploy failed at ${failure?.step}: ${failure?.cause}`);
    await delay(100);
  }
  throw new Error(`The deploy was not ready within ${DEPLOY_WITHIN_MS / 60_000} minutes.`);
}

/** Follows a chat as a browser does, and measures turns from the request to the first word on the socket. */
export async function openChat(system: AetherSystem, deploymentId: string) {
  const { id } = await system.call('POST /api/v1/chats', { deploymentId });
  const topic = `chat/${id}`;
  const url = new URL('/api/v1/live', system.url.replace(/^http/, 'ws'));
  const socket = new WebSocket(url, { headers: system.headers });
  const frames = new EventTarget();
  const opened = Promise.withResolvers<void>();
  const subscribed = Promise.withResolvers<void>();
  socket.addEventListener('open', () => opened.resolve());
  socket.addEventListener('close', ({ code }) =>
    opened.reject(new Error(`The live socket closed with ${code}.`)),
  );
  socket.addEventListener('message', ({ data }) => {
    const frame = LiveServerFrame.parse(JSON.parse(String(data)));
    if (frame.type === 'subscribed') subscribed.resolve();
    if (frame.type === 'frame')
      frames.dispatchEvent(new CustomEvent('frame', { detail: ChatFrame.parse(frame.data) }));
  });
  await opened.promise;
  socket.send(JSON.stringify({ type: 'subscribe', topic }));
  await subscribed.promise;
  return {
    /** Milliseconds from the call to the first word, and to the end of the reply. */
    turn: async (text: string): Promise<{ firstMs: number; endMs: number }> => {
      const startedAt = performance.now();
      const ended = Promise.withResolvers<{ firstMs: number; endMs: number }>();
      let firstMs = 0;
      const see = (event: Event) => {
        const frame = (event as CustomEvent<ChatFrame>).detail;
        const sinceMs = performance.now() - startedAt;
        const isReply = frame.kind === 'message' && frame.message.role === 'assistant';
        if (frame.kind === 'delta' || (isReply && frame.message.text !== '')) firstMs ||= sinceMs;
        if (isReply && frame.message.state === 'complete') ended.resolve({ firstMs, endMs: sinceMs });
        if (isReply && frame.message.state === 'failed') ended.reject(new Error('The turn failed.'));
      };
      frames.addEventListener('frame', see);
      const late = setTimeout(
        () => ended.reject(new Error(`No reply within ${TURN_WITHIN_MS / 1000} s.`)),
        TURN_WITHIN_MS,
      );
      try {
        await system.call('POST /api/v1/chats/{id}/messages', { id, text });
        return await ended.promise;
      } finally {
        clearTimeout(late);
        frames.removeEventListener('frame', see);
      }
    },
    close: () => socket.close(),
  };
}
