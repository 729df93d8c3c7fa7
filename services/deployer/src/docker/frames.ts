const HEADER_BYTES = 8;

/** A line of a container's output with the engine's time of it. */
export interface TimedLine {
  readonly at: string;
  readonly text: string;
}

/** Takes apart what the engine sends of a container without a terminal: frames of both outputs, in their order. */
export class FrameReader {
  private rest = Buffer.alloc(0);
  /** By output: what came of a line that has not ended. */
  private readonly open = new Map<number, string>();

  push(chunk: Buffer): TimedLine[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const lines: TimedLine[] = [];
    while (this.rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.rest.readUInt32BE(4);
      if (this.rest.length < end) break;
      const output = this.rest.readUInt8(0);
      const text = (this.open.get(output) ?? '') + this.rest.toString('utf8', HEADER_BYTES, end);
      const parts = text.split('\n');
      this.open.set(output, parts.pop() ?? '');
      lines.push(...parts.map(timed));
      this.rest = this.rest.subarray(end);
    }
    return lines;
  }

  /** Lines that did not end; nothing more comes. */
  finish(): TimedLine[] {
    const lines = [...this.open.values()].filter((text) => text !== '').map(timed);
    this.open.clear();
    return lines;
  }
}

function timed(line: string): TimedLine {
  const space = line.indexOf(' ');
  return { at: line.slice(0, space), text: line.slice(space + 1) };
}

/** Where in an output to go on: the time of the last line taken, and how many lines of that time were. */
export interface Place {
  readonly at: string;
  readonly count: number;
}

export function parsePlace(position: string): Place {
  const [at = '', count = '0'] = position.split(' ');
  return { at, count: Number(count) };
}

export const formatPlace = ({ at, count }: Place): string => (at === '' ? '' : `${at} ${count}`);

/** Goes on in an output that the engine sends again from the place's time on. */
export class Resumed {
  private skip: number;

  constructor(private now: Place) {
    this.skip = now.count;
  }

  /** Behind everything taken so far. */
  get place(): Place {
    return this.now;
  }

  /** Those of the lines that were not taken before; lines of both outputs may come slightly out of order. */
  take(lines: readonly TimedLine[]): string[] {
    const texts: string[] = [];
    for (const { at, text } of lines) {
      if (this.skip > 0 && at === this.now.at) {
        this.skip -= 1;
        continue;
      }
      texts.push(text);
      if (at > this.now.at) this.now = { at, count: 1 };
      else if (at === this.now.at) this.now = { at, count: this.now.count + 1 };
    }
    return texts;
  }
}
