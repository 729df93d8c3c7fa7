import type { Deployment, Step } from '@aether/contracts/deployer';
import { createLogUpdate } from 'log-update';
import type { Colours, Terminal } from '../terminal.js';
import { duration } from './duration.js';
import { plainText } from './plain-text.js';

const FRAME_MS = 100;
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Shows the steps of an operation while they run: redrawn where somebody watches, else a line as each ends. */
export class Timeline {
  private readonly redraw: ReturnType<typeof createLogUpdate> | null;
  private readonly timer: NodeJS.Timeout | null;
  private readonly told = new Set<string>();
  private deployment: Deployment | null = null;
  private frame = 0;

  constructor(private readonly terminal: Terminal) {
    this.redraw = terminal.interactive ? createLogUpdate(terminal.stdout) : null;
    this.timer = this.redraw ? setInterval(() => this.draw(), FRAME_MS) : null;
  }

  update(deployment: Deployment): void {
    this.deployment = deployment;
    if (this.redraw) this.draw();
    else this.tellEnded(deployment);
  }

  /** Leaves the last picture standing. */
  end(): void {
    if (this.timer) clearInterval(this.timer);
    this.draw();
    this.redraw?.done();
  }

  private draw(): void {
    if (!this.redraw || !this.deployment) return;
    const sign = spinner[this.frame++ % spinner.length] ?? '';
    const now = new Date();
    const lines = this.deployment.steps.map((step) =>
      stepLine(step, { now, spinner: sign, colours: this.terminal.colours }),
    );
    this.redraw(lines.join('\n'));
  }

  private tellEnded(deployment: Deployment): void {
    for (const step of deployment.steps) {
      const key = `${deployment.operation} ${step.name} ${step.finishedAt}`;
      if (step.finishedAt === null || this.told.has(key)) continue;
      this.told.add(key);
      const { colours } = this.terminal;
      this.terminal.line(stepLine(step, { now: new Date(), spinner: '', colours }));
    }
  }
}

export function stepLine(step: Step, look: { now: Date; spinner: string; colours: Colours }): string {
  const { colours } = look;
  const sign = {
    pending: colours.dim('·'),
    running: colours.cyan(look.spinner),
    done: colours.green('✔'),
    failed: colours.red('✖'),
  }[step.state];
  const name = step.name.padEnd(11);
  const detail = step.detail === null || step.state === 'done' ? '' : `  ${plainText(step.detail)}`;
  const head = `  ${sign} ${step.state === 'pending' ? colours.dim(name) : name}`;
  if (step.startedAt === null) return head.trimEnd();
  const end = step.finishedAt === null ? look.now : new Date(step.finishedAt);
  const took = duration(end.getTime() - new Date(step.startedAt).getTime()).padStart(9);
  return `${head}${colours.dim(took)}${colours.dim(detail)}`;
}
