/** One figure of the edge's `/metrics`: its name, labels and value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads the text format of Prometheus; lines that say nothing are left out. */
export function parseExposition(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    const figure = Number(value);
    if (name === undefined || !Number.isFinite(figure)) return [];
    const pairs = [...labels.matchAll(LABEL)].map(([, label, content]) => [label, content] as const);
    return [{ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: figure }];
  });
}

/** The sum over all labels, or over those that are as said. */
export function total(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samples
    .filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}
