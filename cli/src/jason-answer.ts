import { setTimeout as delay } from 'node:timers/promises';
import { JasonFrame, type JasonMessage } from '@aether/contracts/jason';
import type { Api } from './api.js';
import { CommandError } from './command-error.js';
import { followTopic } from './live.js';

/** Frames tell at once; reading again is for the case that they do not come through. */
const READ_AGAIN_MS = 3_000;

export interface AnswerOptions {
  readonly api: Api;
  readonly conversationId: string;
  readonly text: string;
  readonly timeoutMs: number;
  /** The answer as it now stands. */
  onAnswer(answer: JasonMessage): void;
}

/** Says something to Jason and follows his answer to its end. Throws where he fails or takes too long. */
export async function askJason(options: AnswerOptions): Promise<JasonMessage> {
  const { api, conversationId } = options;
  const said = await api.call('POST /api/v1/jason/conversations/{id}/messages', {
    id: conversationId,
    text: options.text,
  });
  const ended = Promise.withResolvers<JasonMessage>();
  const stop = new AbortController();
  let answer: JasonMessage | null = null;

  const take = (message: JasonMessage) => {
    if (message.seq !== said.seq + 1) return;
    answer = message;
    options.onAnswer(message);
    if (message.state === 'complete') ended.resolve(message);
    else if (message.state === 'failed' || message.state === 'aborted') ended.reject(unanswered(message));
  };
  const readAgain = async () => {
    const page = await api.call('GET /api/v1/jason/conversations/{id}/messages', {
      id: conversationId,
      limit: 2,
    });
    for (const message of page.items) take(message);
  };
  const apply = async (frame: JasonFrame) => {
    if (frame.kind === 'message') return take(frame.message);
    if (frame.messageId !== answer?.id) return;
    if (frame.offset > answer.text.length) return readAgain();
    take({ ...answer, text: answer.text.slice(0, frame.offset) + frame.delta });
  };
  const follow = async () => {
    const topic = `jason/${conversationId}`;
    for await (const followed of followTopic({ target: api.target, topic, signal: stop.signal })) {
      const frame = followed.kind === 'frame' ? JasonFrame.safeParse(followed.data) : null;
      if (frame?.success) await apply(frame.data);
    }
  };

  follow().catch(() => undefined);
  const timer = setInterval(() => void readAgain().catch(() => undefined), READ_AGAIN_MS);
  const late = delay(options.timeoutMs, undefined, { signal: stop.signal }).then(
    () => ended.reject(tooLong(options.timeoutMs)),
    () => undefined,
  );
  try {
    return await ended.promise;
  } finally {
    stop.abort();
    clearInterval(timer);
    await late;
  }
}

function unanswered({ reason, text, conversationId }: JasonMessage): CommandError {
  return new CommandError({
    code: reason?.code ?? 'answer_aborted',
    detail: reason?.cause ?? 'The answer was aborted.',
    hint: reason?.remedy,
    document: { conversationId, answer: text },
  });
}

function tooLong(timeoutMs: number): CommandError {
  return new CommandError({
    code: 'wait_timeout',
    detail: `The answer was not complete after ${timeoutMs / 1_000} s.`,
    hint: 'Jason goes on; the conversation keeps his answer.',
  });
}
