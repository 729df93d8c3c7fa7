import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Lines that a person types. What is typed while the screen belongs to somebody else is kept, and not echoed. */
export class LineReader {
  private readonly waiting: string[] = [];
  private take: ((line: string | null) => void) | null = null;
  private echo = false;
  private closed = false;
  private readonly lines;

  constructor(
    private readonly prompt: string,
    onInterrupt: () => void,
  ) {
    const output = new Writable({
      write: (chunk: Buffer, _, done) => {
        if (this.echo) process.stdout.write(chunk);
        done();
      },
    });
    this.lines = createInterface({ input: process.stdin, output, terminal: true, prompt });
    this.lines.on('SIGINT', onInterrupt);
    this.lines.on('line', (line) => this.arrived(line));
    this.lines.on('close', () => {
      this.closed = true;
      this.take?.(null);
    });
  }

  /** The next line; null when there will be none. */
  async next(): Promise<string | null> {
    const typedBefore = this.waiting.shift();
    if (typedBefore !== undefined) {
      process.stdout.write(`${this.prompt}${typedBefore}\n`);
      return typedBefore;
    }
    if (this.closed) return null;
    this.echo = true;
    this.lines.prompt(true);
    const line = await new Promise<string | null>((resolve) => (this.take = resolve));
    this.take = null;
    this.echo = false;
    return line;
  }

  close(): void {
    this.lines.close();
  }

  private arrived(line: string): void {
    if (this.take) this.take(line);
    else this.waiting.push(line);
  }
}
