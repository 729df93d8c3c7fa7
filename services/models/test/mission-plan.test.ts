import { describe, expect, test } from '@jest/globals';
import type { ChatRequest } from '../src/calls/chat-request.js';
import { planOf } from '../src/demo/mission-plan.js';
import { replyTo } from '../src/demo/reply.js';

const edges = (goal: string) => planOf(goal).tasks.map(({ dependsOn }) => dependsOn.join(' '));

describe("the demo model's plans", () => {
  test('take each item of a list as a task, and words of order as dependencies', () => {
    const goal = `Make a small site
1. write header.txt: top
2. write footer.txt: bottom
3. then write body.txt: middle
4. after 1 and 3, run: cat header.txt body.txt > page.txt
- finally, read page.txt`;
    const { title, note, tasks } = planOf(goal);
    expect(title).toBe('Make a small site');
    expect(note).toContain('Demo plan: 5 tasks');
    expect(tasks.map(({ key }) => key)).toEqual(['task-1', 'task-2', 'task-3', 'task-4', 'task-5']);
    expect(edges(goal)).toEqual(['', '', 'task-2', 'task-1 task-3', 'task-1 task-2 task-3 task-4']);
    expect(tasks[3]?.instructions).toBe('run: cat header.txt body.txt > page.txt');
  });

  test('read capabilities in brackets, checks, and the lines below an item', () => {
    const [task] = planOf(
      '- write notes.md: # Notes [writing, files]\n  second line\n  check: test -s notes.md',
    ).tasks;
    expect(task).toMatchObject({
      instructions: 'write notes.md: # Notes\nsecond line',
      requires: ['writing', 'files'],
      checks: [{ command: 'test -s notes.md' }],
    });
  });

  test('make one task of a plain goal, and a chain where it says "then"', () => {
    expect(edges('Tidy the cellar')).toEqual(['']);
    expect(
      planOf('Read the report, then sum it up and then send it').tasks.map(({ title }) => title),
    ).toEqual(['Read the report', 'Sum it up', 'Send it']);
    expect(edges('Read it, then sum it up and then send it')).toEqual(['', 'task-1', 'task-2']);
  });

  test('are the answer to a request with the schema of plans, as bare JSON', () => {
    const request: ChatRequest = {
      model: 'aether-demo',
      messages: [
        { role: 'system', content: 'You are Jason.' },
        { role: 'user', content: '<goal>\n- one\n- two\n</goal>\nAnswer in JSON.' },
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'mission_plan' } },
    };
    const reply = replyTo(request);
    const text = reply.kind === 'text' ? reply.pieces.map(({ text: piece }) => piece).join('') : '';
    expect(JSON.parse(text)).toEqual(planOf('- one\n- two'));
  });
});

describe("the demo model in Jason's place", () => {
  const tools = ['create_mission', 'plan_mission', 'approve_mission', 'show_mission'].map((name) => ({
    type: 'function',
    function: { name },
  }));
  const answer = (said: string) =>
    replyTo({ model: 'aether-demo', messages: [{ role: 'user', content: said }], tools });

  test.each([
    ['1. one\n2. two', 'create_mission', { goal: '1. one\n2. two' }],
    ['mission: tidy up', 'create_mission', { goal: 'tidy up' }],
    ['approve', 'approve_mission', {}],
    ['Status?', 'show_mission', {}],
    ['change: - other', 'plan_mission', { comment: '- other' }],
  ])('"%s" is done by %s', (said, name, input) => {
    expect(answer(said)).toEqual({ kind: 'tool', name, input });
  });

  test('says what it can do instead of pretending to understand', () => {
    expect(answer('What is the meaning of life?')).toMatchObject({ kind: 'text' });
    expect(answer('pause')).toMatchObject({ kind: 'text' });
  });
});
