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

  constructor(private readonly container: (id: string) => Promise<Docker.Container | null>) {}

  async read(id: string, position: string, { final }: { final: boolean }): Promise<Output> {
    if (final) return this.readOnce(id, position);
    let tail = this.tails.get(id);
    const stale = tail && (formatPlace(tail.resumed.place) !== position || this.isWorthReopening(tail));
    if (!tail || stale) {
      this.forget(id);
      tail = await this.open(id, parsePlace(position));
    }
    return taken(tail.resumed, tail.waiting, LINES_MAX);
  }

  forget(id: string): void {
    this.tails.get(id)?.stop.abort();
    this.tails.delete(id);
  }

  /** Reads now, and holds for later, what a container said that is about to be removed. */
  async keep(id: string): Promise<void> {
    for (let tail = this.tails.get(id); tail; tail = this.tails.get(id)) {
      const { place } = tail.resumed;
      const waiting = await this.everythingSince(id, place);
      if (!waiting) return;
      // Somebody read on meanwhile.
      if (this.tails.get(id)?.resumed.place !== place) continue;
      this.forget(id);
      this.tails.set(id, { resumed: new Resumed(place), waiting, stop: tail.stop, endedAt: Date.now() });
      return;
    }
  }

  private isWorthReopening({ waiting, endedAt }: Tail): boolean {
    return waiting.length === 0 && endedAt !== null && Date.now() - endedAt > REOPEN_AFTER_MS;
  }

  private async stream(
    id: string,
    follow: Docker.ContainerLogsOptions & { follow: true },
  ): Promise<NodeJS.ReadableStream | null> {
    const container = await this.container(id);
    return container && unlessStatus(container.logs(follow), 404, 409);
  }

  /** Everything up to now, for an output that has ended. */
  private async readOnce(id: string, position: string): Promise<Output> {
    const from = parsePlace(position);
    const all = await this.everythingSince(id, from);
    const tail = this.tails.get(id);
    if (!all && tail && formatPlace(tail.resumed.place) === position)
      return taken(tail.resumed, tail.waiting);
    this.forget(id);
    return taken(new Resumed(from), all ?? []);
  }

  private async everythingSince(id: string, place: Place): Promise<TimedLine[] | null> {
    const container = await this.container(id);
    const answer =
      container && (await unlessStatus(container.logs({ ...options(place), follow: false }), 404, 409));
    if (!answer) return null;
    const reader = new FrameReader();
    return [...reader.push(answer), ...reader.finish()];
  }

  private async open(id: string, place: Place): Promise<Tail> {
    const stop = new AbortController();
    const tail: Tail = { resumed: new Resumed(place), waiting: [], stop, endedAt: null };
    this.tails.set(id, tail);
    const follow = { ...options(place), follow: true as const, abortSignal: stop.signal };
    const end = () => {
      tail.endedAt ??= Date.now();
    };
    const stream = await this.stream(id, follow).catch((error: unknown) => {
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

function taken(resumed: Resumed, waiting: TimedLine[], max = waiting.length): Output {
  const lines = resumed.take(waiting.splice(0, max));
  return { lines, position: formatPlace(resumed.place) };
}

function options({ at }: Place) {
  return { stdout: true, stderr: true, timestamps: true, ...(at === '' ? {} : { since: toSince(at) }) };
}

/** The engine takes seconds with nine decimals. */
function toSince(at: string): string {
  const [, fraction = '0'] = /\.(\d+)Z$/u.exec(at) ?? [];
  return `${Math.floor(Date.parse(at) / 1_000)}.${fraction.padEnd(9, '0')}`;
}
