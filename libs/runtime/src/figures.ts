import type { Figure } from '@aether/contracts/operations';
import { countBy, countEvents, type Rows } from '@aether/persistence/count-rows';
import type { Database } from '@aether/persistence/database';
import type { Relay } from '@aether/persistence/relay';

/** Rows that are counted by one of their properties, or what an SQL expression over `row` says of them: the label. */
export interface CountedRows {
  /** `aether_` and the plural of what is counted. */
  readonly figure: string;
  readonly help: string;
  readonly rows: Rows;
  readonly by: string;
  /** Where no property of the rows is called as the label. */
  readonly expression?: string;
}

/** The figures of a service as a whole: what every service has, and what it counts of its own. */
export async function figuresOf(parts: {
  database: Database;
  relay: Relay;
  counted: readonly CountedRows[];
}): Promise<{ figures: Figure[] }> {
  const { database, relay, counted } = parts;
  const lagMs = await relay.lagMs();
  const { outbox, deadLetters } = await database.read(countEvents);
  const own = await Promise.all(counted.map((rows) => count(database, rows)));
  return {
    figures: [
      single('aether_outbox_events', 'Events that wait for the relay.', outbox),
      single('aether_outbox_lag_seconds', 'Age of the oldest event that waits for the relay.', lagMs / 1_000),
      single('aether_dead_letters', 'Events given up on and not replayed since.', deadLetters),
      ...own,
    ],
  };
}

const single = (name: string, help: string, value: number): Figure => ({
  name,
  help,
  values: [{ labels: {}, value }],
});

async function count(
  database: Database,
  { figure, help, rows, by, expression = `row.${by}` }: CountedRows,
): Promise<Figure> {
  const counts = await database.read((manager) => countBy(manager, rows, expression));
  return {
    name: figure,
    help,
    values: counts.map(({ value, count }) => ({ labels: { [by]: value }, value: count })),
  };
}
