import type Docker from 'dockerode';
import { unlessStatus } from './engine.js';
import { formatPlace, FrameReader, parsePlace, Resumed, type Place, type TimedLine } from './frames.js';

const LINES_MAX = 2_000;
/** A container that does not run is asked again only after this; what it says next follows a start. */
const REOPEN_AFTER_MS = 2_000;

export interface Output {
  readonly lines: string[];
  readonly position: string;
}

/** A container's output as it comes, from a place on. */
interface Tail {
  readonly resumed: Resumed;
  readonly waiting: TimedLine[];
  readonly stop: AbortController;
  endedAt: number | null;
}

/** Follows the outputs of containers: one open stream each, while somebody reads it. */
export class ContainerOutputs {
  private readonly tails = new Map<string, Tail>();

  constructor(private readonly container: (id: string) => Docker.Container) {}

  async read(id: string, position: string, { final }: { final: boolean }): Promise<Output> {
    if (final) return this.readOnce(id, position);
    let tail = this.tails.get(id);
    const stale = tail && (formatPlace(tail.resumed.place) !== position || this.isWorthReopening(tail));
    if (!tail || stale) {
      this.forget(id);
      tail = await this.open(id, parsePlace(position));
    }
    const lines = tail.resumed.take(tail.waiting.splice(0, LINES_MAX));
    return { lines, position: formatPlace(tail.resumed.place) };
  }

  forget(id: string): void {
    this.tails.get(id)?.stop.abort();
    this.tails.delete(id);
  }

  private isWorthReopening({ waiting, endedAt }: Tail): boolean {
    return waiting.length === 0 && endedAt !== null && Date.now() - endedAt > REOPEN_AFTER_MS;
  }

  /** Everything up to now, for an output that has ended. */
  private async readOnce(id: string, position: string): Promise<Output> {
    this.forget(id);
    const from = parsePlace(position);
    const answer = await unlessStatus(this.container(id).logs({ ...options(from), follow: false }), 404, 409);
    if (!answer) return { lines: [], position };
    const reader = new FrameReader();
    const resumed = new Resumed(from);
    const lines = resumed.take([...reader.push(answer), ...reader.finish()]);
    return { lines, position: formatPlace(resumed.place) };
  }

  private async open(id: string, place: Place): Promise<Tail> {
    const stop = new AbortController();
    const tail: Tail = { resumed: new Resumed(place), waiting: [], stop, endedAt: null };
    this.tails.set(id, tail);
    const follow = { ...options(place), follow: true as const, abortSignal: stop.signal };
    const end = () => {
      tail.endedAt ??= Date.now();
    };
    const stream = await unlessStatus(this.container(id).logs(follow), 404, 409).catch((error: unknown) => {
      this.forget(id);
      throw error;
    });
    if (!stream) {
      end();
      return tail;
    }
    const reader = new FrameReader();
    stream.on('data', (chunk: Buffer) => tail.waiting.push(...reader.push(chunk)));
    // The reader asks again from its place, whatever ended the stream.
    for (const event of ['end', 'close', 'error']) stream.on(event, end);
    return tail;
  }
}

function options({ at }: Place) {
  return { stdout: true, stderr: true, timestamps: true, ...(at === '' ? {} : { since: toSince(at) }) };
}

/** The engine takes seconds with nine decimals. */
function toSince(at: string): string {
  const [, fraction = '0'] = /\.(\d+)Z$/u.exec(at) ?? [];
  return `${Math.floor(Date.parse(at) / 1_000)}.${fraction.padEnd(9, '0')}`;
}
