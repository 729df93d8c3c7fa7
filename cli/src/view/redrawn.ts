import type { Terminal } from '../terminal.js';

/** Lines that change in place where somebody watches; elsewhere only those that are new are printed. */
export class Redrawn {
  private height = 0;
  private readonly printed = new Set<string>();

  constructor(private readonly terminal: Terminal) {}

  show(lines: readonly string[]): void {
    if (!this.terminal.interactive) {
      for (const line of lines) {
        if (line.trim() === '' || this.printed.has(line)) continue;
        this.printed.add(line);
        this.terminal.line(line);
      }
      return;
    }
    // Up to the first line drawn before, and everything from there on is drawn anew.
    if (this.height > 0) this.terminal.write(`\u001B[${this.height}A\u001B[0J`);
    for (const line of lines) this.terminal.line(line);
    const columns = this.terminal.stdout.columns || 80;
    this.height = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
  }
}

// eslint-disable-next-line no-control-regex -- colours take no room
const widthOf = (line: string) => line.replace(/\u001B\[[\d;]*m/g, '').length;
