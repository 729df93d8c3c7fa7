import { describe, expect, test } from '@jest/globals';
import { ChatRow } from '../src/chats/chat.entity.js';
import { MessageRow } from '../src/chats/message.entity.js';
import { judge } from '../src/chats/turn-history.js';
import { Turn } from '../src/chats/turn.js';

function turnWith(text: string): Turn {
  const chat = Object.assign(new ChatRow(), { id: 'c', agentId: 'main' });
  const row = { chatId: 'c', toolCalls: [], sentAt: null, abortRequestedAt: null, createdAt: new Date(0) };
  const prompt = Object.assign(new MessageRow(), row, { id: 'p', seq: 1, text: 'ask' });
  const reply = Object.assign(new MessageRow(), row, { id: 'r', seq: 2, text });
  return new Turn({ chat, prompt, reply });
}

describe('a delta brings the shown text to the present one, wherever they part', () => {
  test.each([
    ['', 'Hello', { offset: 0, delta: 'Hello' }],
    ['Hel', 'Hello', { offset: 3, delta: 'lo' }],
    ['Hello there', 'Hello you', { offset: 6, delta: 'you' }],
    ['Hello', 'Hel', { offset: 3, delta: '' }],
  ])('from %j to %j', (shown, present, expected) => {
    const turn = turnWith(shown);
    turn.text = present;
    expect(turn.takeDelta()).toMatchObject(expected);
    expect(turn.takeDelta()).toBeNull();
    expect(turn.cursor).toBe(`2:${present.length}`);
  });
});

describe('events of other runs are not taken for this turn', () => {
  test('unless a connection was lost and the gateway goes on under a new run', () => {
    const turn = turnWith('');
    expect(turn.owns('p', false)).toBe(true);
    expect(turn.owns('other', true)).toBe(false);
    turn.mayAdopt = true;
    expect(turn.owns('late-end-of-another', false)).toBe(false);
    expect(turn.owns('continued', true)).toBe(true);
    expect(turn.owns('continued', false)).toBe(true);
  });
});

describe("the gateway's history decides what became of a turn", () => {
  const user = { role: 'user', content: 'ask', idempotencyKey: 'p:user' };
  const said = (text: string, stopReason?: string) => ({
    role: 'assistant',
    content: [{ type: 'text', text }],
    ...(stopReason && { stopReason }),
  });
  test.each([
    ['it never arrived', { messages: [] }, { kind: 'absent' }],
    [
      'it waits behind another run',
      { messages: [], sessionInfo: { hasActiveRun: true } },
      { kind: 'running' },
    ],
    [
      'it runs',
      { messages: [user], inFlightRun: { runId: 'x', text: 'so far' } },
      { kind: 'running', text: 'so far' },
    ],
    [
      'it ended',
      { messages: [user, said('done', 'stop')] },
      { kind: 'ended', outcome: { state: 'complete', text: 'done' } },
    ],
    ['it failed', { messages: [user, said('', 'error')] }, { kind: 'ended', outcome: { state: 'failed' } }],
    ['it was cut in a tool call', { messages: [user, said('look', 'toolUse')] }, { kind: 'interrupted' }],
    ['it was cut before it began', { messages: [user] }, { kind: 'interrupted' }],
    [
      'the gateway finished it after a crash',
      {
        messages: [
          user,
          said('half'),
          { role: 'user', content: '[System] interrupted' },
          said('whole', 'stop'),
        ],
      },
      { kind: 'ended', outcome: { state: 'complete', text: 'whole' } },
    ],
  ])('%s', (_name, answer, expected) => {
    const { verdict } = judge(answer, { runId: 'p', adoptedRunId: null, text: '' });
    expect(verdict).toMatchObject(expected);
  });
});
