import { createLogUpdate } from 'log-update';
import type { StageEvent } from '../host/stages.js';
import type { Terminal } from '../terminal.js';
import { duration } from './duration.js';

const FRAME_MS = 100;
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Where nothing is redrawn, a note at most this often, so that a long installation shows that it lives. */
const NOTE_EVERY_MS = 5_000;

/** Stages with their time: what runs is redrawn below what is done, or told in lines where nobody watches. */
export class StageList {
  private readonly running = new Map<string, { event: StageEvent; seenAt: number; toldAt: number }>();
  private readonly redraw: ReturnType<typeof createLogUpdate> | null;
  private timer: NodeJS.Timeout | null = null;
  private frame = 0;

  constructor(private readonly terminal: Terminal) {
    this.redraw = terminal.interactive ? createLogUpdate(terminal.stdout) : null;
  }

  readonly report = (event: StageEvent): void => {
    const { green, red, dim } = this.terminal.colours;
    const now = performance.now();
    if (event.state === 'running') {
      const before = this.running.get(event.stage);
      const due = before !== undefined && now - before.toldAt >= NOTE_EVERY_MS;
      if (!this.redraw && due) this.terminal.line(dim(`  · ${event.text}`));
      const toldAt = due ? now : (before?.toldAt ?? now);
      this.running.set(event.stage, { event, seenAt: now, toldAt });
    } else {
      this.running.delete(event.stage);
      const sign = event.state === 'done' ? green('✔') : red('✖');
      this.redraw?.clear();
      this.terminal.line(`  ${sign} ${event.text.padEnd(48)} ${dim(duration(event.ms).padStart(9))}`);
    }
    this.animate();
  };

  /** Takes away what stands as running, such as after a failure. */
  end(): void {
    this.running.clear();
    this.animate();
    this.redraw?.done();
  }

  private animate(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = this.running.size > 0 && this.redraw ? setInterval(() => this.draw(), FRAME_MS) : null;
    this.draw();
  }

  private draw(): void {
    if (!this.redraw) return;
    const { cyan, dim } = this.terminal.colours;
    const sign = cyan(spinner[this.frame++ % spinner.length] ?? '');
    const lines = [...this.running.values()].map(({ event, seenAt }) => {
      const ms = event.ms + performance.now() - seenAt;
      return `  ${sign} ${event.text.padEnd(48)} ${dim(duration(ms).padStart(9))}`;
    });
    this.redraw(lines.join('\n'));
  }
}
