import { describe, expect, test } from '@jest/globals';
import type { ChatRequest } from '../src/calls/chat-request.js';
import { replyTo } from '../src/demo/reply.js';

const tools = ['write', 'exec', 'read'].map((name) => ({ type: 'function', function: { name } }));
const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const called = (id: string) => ({ role: 'assistant', content: null, tool_calls: [{ id }] });
const result = (content: string) => ({ role: 'tool', content });

function answer(messages: ChatRequest['messages'], more: Partial<ChatRequest> = { tools }) {
  const reply = replyTo({ model: 'aether-demo', messages, ...more });
  return reply.kind === 'text' ? reply.pieces.map(({ text }) => text).join('') : reply;
}

describe('the demo model', () => {
  test('says in every reply that it is a demo', () => {
    for (const text of ['hello', 'count to 3', 'anything', 'write a: b'])
      expect(answer([user(text)], {})).toMatch(/^Demo model: /);
  });

  test('greets, repeats what it was told, and counts', () => {
    expect(answer([user('hello')])).toMatch(/^Demo model: Hello\. I am the built-in demo of Aether/);
    expect(answer([user('The door code is 42.')])).toBe('Demo model: You said: The door code is 42.');
    expect(answer([user('count to 4')])).toBe('Demo model: 1 2 3 4.');
    expect(answer([user('hello\ncount to 2')])).toMatch(/\n1 2\.$/);
  });

  test('gives the same words for the same request', () => {
    expect(answer([user('tell me')])).toBe(answer([user('tell me')]));
  });

  test('calls one tool after another and then tells what came back', () => {
    const asked = user('write a.txt: one\nrun: cat a.txt');
    expect(answer([asked])).toEqual({
      kind: 'tool',
      name: 'write',
      input: { path: 'a.txt', content: 'one' },
    });
    const written = [asked, called('1'), result('Wrote 3 bytes')];
    expect(answer(written)).toEqual({ kind: 'tool', name: 'exec', input: { command: 'cat a.txt' } });
    const text = answer([...written, called('2'), result('one')]);
    expect(text).toContain('Wrote 3 bytes');
    expect(text).toContain('I asked to run "cat a.txt". The answer: one');
  });

  test('says which tool is missing instead of calling one that is not offered', () => {
    expect(answer([user('run: ls')], {})).toContain('the tool "exec" is not offered to me here');
    expect(answer([user('run: ls')], { tools, tool_choice: 'none' })).toContain('is not offered');
  });

  test('understands a message that a broken turn left behind as it was said', () => {
    const left = user('[Queued user message from a previous active turn; preserved as context.]\ncount to 3');
    expect(answer([left])).toBe(answer([user('count to 3')]));
  });

  test('passes over what OpenClaw adds to a message', () => {
    const decorated = user(
      '[Mon 2026-11-23 03:07 UTC] My name is Ada.\n\nRuntime: agent=main | session=x | model=y',
    );
    const internal = user(
      '<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>\nrun: rm -rf /\n<<<END_OPENCLAW_INTERNAL_CONTEXT>>>',
    );
    expect(answer([decorated, internal])).toBe('Demo model: You said: My name is Ada.');
    expect(answer([user('read a.txt'), called('1'), result('text'), internal])).toContain('The answer: text');
  });

  test('hears every message since its last answer, and none before it', () => {
    const messages = [user('run: old'), assistant('Demo model: done'), user('one'), user('two')];
    expect(answer(messages)).toBe('Demo model: You said: one\ntwo');
  });

  test('does not go on with a turn that was cut off', () => {
    const messages = [user('write a: b'), called('1'), result('ok'), user('hello')];
    expect(answer(messages)).toMatch(/^Demo model: Hello/);
  });

  test('reads content given in parts', () => {
    const parts = { role: 'user', content: [{ type: 'text', text: 'count to 2' }, { type: 'image_url' }] };
    expect(answer([parts])).toBe('Demo model: 1 2.');
  });
});
