import { on, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { LiveServerFrame, liveCloseCodes, type LiveClientFrame } from '@aether/contracts/live-frames';
import { passingCodes } from '@aether/contracts/passing';
import { WebSocket } from 'ws';
import { CommandError } from './command-error.js';
import type { Target } from './sign-in.js';

/** The edge pings every 25 s; a socket silent for longer than two of these is dead. */
const SILENCE_MAX_MS = 60_000;
const BACKOFF_MS = { first: 250, factor: 1.7, max: 5_000 } as const;

export interface FollowOptions {
  readonly target: Target;
  /** `chat/<id>`, `logs/<id>` or `events/<owner>`. */
  readonly topic: string;
  /** Cursor behind which to begin; from the beginning where absent. */
  readonly after?: string;
  readonly signal: AbortSignal;
}

/** `subscribed` comes at the start and after each loss: what was shown before may have to be read again. */
export type Followed =
  | { readonly kind: 'subscribed'; readonly cursor: string | null }
  | { readonly kind: 'frame'; readonly cursor: string; readonly data: unknown };

/** Follows a topic until the signal aborts: lost sockets are opened again, behind the last cursor seen. */
export async function* followTopic(options: FollowOptions): AsyncGenerator<Followed> {
  const { signal } = options;
  let after = options.after;
  let wait: number = BACKOFF_MS.first;
  while (!signal.aborted) {
    try {
      for await (const frame of framesOf({ ...options, after })) {
        wait = BACKOFF_MS.first;
        if (frame.type === 'resync') after = frame.reason.startsWith('cursor-') ? undefined : after;
        else if (frame.type === 'subscribed') yield { kind: 'subscribed', cursor: frame.cursor };
        else if (frame.type === 'frame') {
          after = frame.cursor;
          yield { kind: 'frame', cursor: frame.cursor, data: frame.data };
        }
        if (frame.type === 'resync') break;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CommandError) throw error;
    }
    await delay(wait, undefined, { signal }).catch(() => undefined);
    wait = Math.min(wait * BACKOFF_MS.factor, BACKOFF_MS.max);
  }
}

/** The frames of one socket; ends with the socket. Refusals are thrown as `CommandError`. */
async function* framesOf(options: FollowOptions): AsyncGenerator<LiveServerFrame> {
  const { target, topic, after, signal } = options;
  const socket = new WebSocket(new URL('/api/v1/live', target.url.replace(/^http/, 'ws')), {
    headers: target.apiKey ? { authorization: `Bearer ${target.apiKey}` } : {},
    handshakeTimeout: 10_000,
  });
  let refusedStatus: number | undefined;
  let closeCode = 0;
  socket.on('unexpected-response', (request, response) => {
    refusedStatus = response.statusCode;
    request.destroy();
  });
  socket.on('close', (code) => (closeCode = code));
  const silence = setTimeout(() => socket.terminate(), SILENCE_MAX_MS);
  socket.on('ping', () => silence.refresh());
  const messages = on(socket, 'message', { close: ['close'], signal });
  try {
    await once(socket, 'open', { signal });
    const subscribe: LiveClientFrame = { type: 'subscribe', topic, ...(after !== undefined && { after }) };
    socket.send(JSON.stringify(subscribe));
    for await (const [data] of messages as AsyncIterable<[Buffer]>) {
      silence.refresh();
      const frame = LiveServerFrame.safeParse(JSON.parse(data.toString('utf8')));
      if (!frame.success) continue;
      if (frame.data.type === 'error') throw refusal(frame.data);
      yield frame.data;
    }
  } catch (error) {
    if (refusedStatus === 401 || refusedStatus === 403) throw signInAgain();
    throw error;
  } finally {
    clearTimeout(silence);
    socket.removeAllListeners();
    socket.on('error', () => undefined);
    socket.terminate();
  }
  if (closeCode === liveCloseCodes.sessionEnded) throw signInAgain();
}

function refusal(frame: { code: string; detail: string; hint: string }): Error {
  // A part that restarts is waited for, as a lost socket is.
  if (passingCodes.has(frame.code)) return new Error(frame.detail);
  return new CommandError({ code: frame.code, detail: frame.detail, hint: frame.hint });
}

function signInAgain(): CommandError {
  return new CommandError({
    code: 'unauthenticated',
    detail: 'The system does not accept the stored sign-in.',
    hint: 'Run `npx aether login`.',
  });
}
