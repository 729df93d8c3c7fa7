import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A file that every record is in before the call it tells of is over for its client, and until the database has
 * it: what a killed process had not written is written by the next. A record may be in it twice; its id tells.
 */
export class UsageSpool<T> {
  private readonly file: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.file = join(folder, 'usage-spool.ndjson');
    closeSync(openSync(this.file, 'a', 0o600));
  }

  /** Some 300 bytes; at once, since what is only planned is lost with the process. */
  append(entry: T): void {
    appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  /** A line that was cut by a crash is left out. */
  read(): unknown[] {
    return readFileSync(this.file, 'utf8').split('\n').flatMap(parsed);
  }

  /** Once nothing waits any more. */
  empty(): void {
    truncateSync(this.file);
  }
}

function parsed(line: string): unknown[] {
  try {
    return line === '' ? [] : [JSON.parse(line)];
  } catch {
    return [];
  }
}
