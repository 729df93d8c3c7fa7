import { expect, test } from '@jest/globals';
import { formatPlace, FrameReader, parsePlace, Resumed } from '../src/docker/frames.js';

const time = (digit: number) => `2026-11-23T14:42:3${digit}.000000001Z`;

function frame(output: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(output, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

const bytes = Buffer.concat([
  frame(1, `${time(1)} one\n`),
  frame(2, `${time(2)} two\n`),
  frame(1, `${time(2)} twö\n`),
  frame(1, `${time(3)} half`),
  frame(2, `${time(4)} four\n`),
  frame(1, ` and half\n`),
]);
const all = ['one', 'two', 'twö', 'four', 'half and half'];

test('a container’s output is taken apart in its order, however it is cut into pieces', () => {
  for (const size of [1, 3, 8, 1_000]) {
    const reader = new FrameReader();
    const lines = [];
    for (let from = 0; from < bytes.length; from += size)
      lines.push(...reader.push(bytes.subarray(from, from + size)));
    expect(lines.map(({ text }) => text)).toEqual(all);
    expect(reader.finish()).toEqual([]);
  }
});

test('a line without an end is taken when nothing more comes', () => {
  const reader = new FrameReader();
  reader.push(frame(1, `${time(1)} cut o`));
  expect(reader.finish()).toEqual([{ at: time(1), text: 'cut o' }]);
});

test('each line is taken once, wherever reading begins again and where several have the same time', () => {
  const lines = ['a', 'b', 'c', 'd'].map((text, index) => ({ at: time(index === 3 ? 2 : 1), text }));
  for (const cut of [0, 1, 2, 3, 4]) {
    const first = new Resumed(parsePlace(''));
    const taken = first.take(lines.slice(0, cut));
    const second = new Resumed(parsePlace(formatPlace(first.place)));
    const sentAgain = lines.filter(({ at }) => at >= first.place.at);
    expect([...taken, ...second.take(sentAgain)]).toEqual(['a', 'b', 'c', 'd']);
    expect(second.take([{ at: time(2), text: 'late' }])).toEqual(['late']);
  }
});
