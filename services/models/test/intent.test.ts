import { describe, expect, test } from '@jest/globals';
import { parseIntents, type Intent } from '../src/demo/intent.js';

describe('the demo model understands plain words', () => {
  test.each<[string, Intent[]]>([
    ['', []],
    ['hello', [{ kind: 'greet' }]],
    ['Hi there!', [{ kind: 'greet' }]],
    ['hello from the train', [{ kind: 'say', text: 'hello from the train' }]],
    ['My cat is called Ada.', [{ kind: 'say', text: 'My cat is called Ada.' }]],
    ['two\nlines', [{ kind: 'say', text: 'two\nlines' }]],
    ['count to 5', [{ kind: 'count', to: 5 }]],
    ['Please count up to 12, slowly', [{ kind: 'count', to: 12 }]],
    ['count to 999999', [{ kind: 'count', to: 1_000 }]],
    ['count to 0', [{ kind: 'count', to: 0 }]],
    ['write notes.md: hello', [{ kind: 'write', path: 'notes.md', content: 'hello' }]],
    [
      'Write docs/a.md : # Title\n\nBody: text',
      [{ kind: 'write', path: 'docs/a.md', content: '# Title\n\nBody: text' }],
    ],
    ['write empty.txt:', [{ kind: 'write', path: 'empty.txt', content: '' }]],
    ['write me a poem', [{ kind: 'say', text: 'write me a poem' }]],
    ['run: git status', [{ kind: 'run', command: 'git status' }]],
    ['run:', [{ kind: 'say', text: 'run:' }]],
    ['read notes.md', [{ kind: 'read', path: 'notes.md' }]],
    ['read the whole book', [{ kind: 'say', text: 'read the whole book' }]],
    [
      'write a.txt: one\nrun: cat a.txt\nread a.txt\nand tell me',
      [
        { kind: 'write', path: 'a.txt', content: 'one' },
        { kind: 'run', command: 'cat a.txt' },
        { kind: 'read', path: 'a.txt' },
        { kind: 'say', text: 'and tell me' },
      ],
    ],
  ])('%j', (text, intents) => {
    expect(parseIntents(text)).toEqual(intents);
  });
});
