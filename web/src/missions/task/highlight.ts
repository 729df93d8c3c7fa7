/** A text and its colour. */
export type Token = readonly [text: string, colour: string];

export interface Uncoloured {
  readonly id: number;
  readonly path: string;
  readonly code: string;
}

export interface Coloured {
  readonly id: number;
  /** Null where the language is not known. */
  readonly lines: readonly (readonly Token[])[] | null;
}

let worker: Worker | undefined;
let count = 0;
const waiting = new Map<number, (coloured: Coloured) => void>();

function start(): Worker {
  const started = new Worker(new URL('./highlight.worker.ts', import.meta.url), { type: 'module' });
  started.addEventListener('message', ({ data }: MessageEvent<Coloured>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  });
  return started;
}

/** Colours code in a worker, begun with the first call, so that the page goes on meanwhile. */
export function highlight(path: string, code: string): Promise<Coloured['lines']> {
  worker ??= start();
  count += 1;
  const id = count;
  return new Promise((resolve) => {
    waiting.set(id, ({ lines }) => resolve(lines));
    worker?.postMessage({ id, path, code } satisfies Uncoloured);
  });
}
