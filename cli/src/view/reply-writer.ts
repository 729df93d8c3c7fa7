import type { Message, ToolCall } from '@aether/contracts/openclaw';
import { createLogUpdate } from 'log-update';
import type { Terminal } from '../terminal.js';
import { plainText } from './plain-text.js';

const TICK_MS = 120;
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const ARGUMENTS_SHOWN = 100;

/** Writes one reply as its text comes; where somebody watches, also what the agent does meanwhile. */
export class ReplyWriter {
  private readonly status: ReturnType<typeof createLogUpdate> | null;
  private readonly timer: NodeJS.Timeout | null;
  private readonly toolsTold = new Set<string>();
  private written = '';
  private phase: string;
  private tick = 0;

  constructor(
    private readonly terminal: Terminal,
    agent: string,
  ) {
    this.phase = `${agent} is thinking`;
    this.status = terminal.interactive ? createLogUpdate(terminal.stdout) : null;
    this.timer = this.status ? setInterval(() => this.showStatus(), TICK_MS) : null;
  }

  reply(reply: Message): void {
    const text = plainText(reply.text);
    if (text === this.written) return;
    this.hideStatus();
    if (text.startsWith(this.written)) this.terminal.write(text.slice(this.written.length));
    // The agent took back what it had said; what stands now is shown whole.
    else this.terminal.write(`\n${text}`);
    this.written = text;
  }

  phaseIs(phase: string): void {
    this.phase = plainText(phase).replaceAll('_', ' ');
  }

  tool(toolCall: ToolCall): void {
    if (!this.terminal.interactive || this.toolsTold.has(toolCall.id)) return;
    this.toolsTold.add(toolCall.id);
    this.hideStatus();
    const args = plainText(JSON.stringify(toolCall.args ?? {})).slice(0, ARGUMENTS_SHOWN);
    this.breakLine();
    this.terminal.line(this.terminal.colours.dim(`⚙ ${plainText(toolCall.name)} ${args}`));
  }

  end(): void {
    if (this.timer) clearInterval(this.timer);
    this.hideStatus();
    this.breakLine();
  }

  private breakLine(): void {
    if (this.written !== '' && !this.written.endsWith('\n')) this.terminal.line();
  }

  private showStatus(): void {
    if (this.written !== '') return;
    const sign = spinner[this.tick++ % spinner.length] ?? '';
    this.status?.(this.terminal.colours.dim(`${sign} ${this.phase}`));
  }

  private hideStatus(): void {
    this.status?.clear();
  }
}
