/** A part of starting or stopping, as it goes on. */
export interface StageEvent {
  readonly stage: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly text: string;
  readonly ms: number;
}
export type Report = (event: StageEvent) => void;

/** Does `work` and tells of it: `note` says what it is at, its answer's `told` how it ended. */
export async function stage<T>(
  report: Report,
  name: string,
  work: (note: (text: string) => void) => Promise<{ told: string; value: T }>,
): Promise<T> {
  const startedAt = performance.now();
  const tell = (state: StageEvent['state'], text: string) =>
    report({ stage: name, state, text, ms: performance.now() - startedAt });
  tell('running', name);
  try {
    const { told, value } = await work((text) => tell('running', text));
    tell('done', told);
    return value;
  } catch (error) {
    tell('failed', name);
    throw error;
  }
}
