import type { Command } from 'commander';
import { z } from 'zod';
import { addCommand, type Call } from '../command-line.js';
import { CommandError } from '../command-error.js';
import { startDetached } from '../host/detached.js';
import { settledInstance } from '../host/instance.js';
import { setupLink } from '../host/operator.js';
import type { HostReady } from '../host/run-host.js';
import type { Terminal } from '../terminal.js';
import { duration } from '../view/duration.js';
import { StageList } from '../view/stage-list.js';

const Input = z.object({
  detach: z.boolean().default(false),
  verbose: z.boolean().default(false),
});

export function addUp(program: Command): void {
  addCommand(program, {
    usage: 'up',
    summary: 'start the local system',
    flags: [
      ['-d, --detach', 'return when it is ready and leave it running'],
      ['-v, --verbose', 'show what the services log, not only warnings'],
    ],
    examples: [
      'npx aether up',
      'npx aether up --detach',
      'AETHER_DATA_DIR=~/second AETHER_PORT=7500 npx aether up --detach',
    ],
    input: Input,
    run,
  });
}

async function run({ config, terminal, input }: Call<z.output<typeof Input>>): Promise<void> {
  const running = await settledInstance(config.dataDir);
  if (running) {
    if (!input.detach) throw alreadyRunning(running.url, running.pid);
    const setupUrl = await setupLink(running);
    const { pid, url } = running;
    return terminal.answer({ ...document(config.dataDir, { pid, url, setupUrl }), started: false }, () => {
      terminal.line(`Aether runs already at ${terminal.colours.bold(url)} (process ${pid}).`);
      if (setupUrl) terminal.line(`Set it up: ${setupUrl}`);
    });
  }
  const startedAt = performance.now();
  terminal.line(`${terminal.colours.bold('Aether')} ${terminal.colours.dim(config.dataDir)}`);
  const stages = new StageList(terminal);
  const told = (ready: HostReady) => {
    stages.end();
    terminal.answer({ ...document(config.dataDir, ready), started: true }, () => {
      tellReady(terminal, ready, performance.now() - startedAt);
      if (!input.detach) terminal.line(terminal.colours.dim('Ctrl-C stops it.'));
    });
  };
  try {
    if (input.detach) told(await startDetached(config, { report: stages.report }));
    else {
      const { runHost } = await import('../host/run-host.js');
      const shown = input.verbose ? 'info' : 'warn';
      await runHost(config, { report: stages.report, shown, onReady: told });
    }
  } finally {
    stages.end();
  }
}

function document(dataDir: string, { pid, url, setupUrl }: HostReady) {
  return { url, pid, dataDir, setUp: setupUrl === null, setupUrl };
}

function tellReady(terminal: Terminal, ready: HostReady, tookMs: number): void {
  const { bold, green, cyan, dim } = terminal.colours;
  terminal.line();
  terminal.line(`${green('●')} Aether is ready at ${bold(ready.url)} ${dim(`after ${duration(tookMs)}`)}`);
  terminal.line();
  if (ready.setupUrl) {
    terminal.line('Create your account, in a browser (the link works once):');
    terminal.line(`  ${cyan(ready.setupUrl)}`);
    terminal.line(`or here: ${bold('npx aether setup')}`);
    terminal.line();
    terminal.line('Then deploy an agent and talk to it:');
  } else terminal.line('Deploy an agent and talk to it:');
  terminal.line(`  ${bold('npx aether deploy --template general --name first --wait')}`);
  terminal.line(`  ${bold('npx aether chat first')}`);
  terminal.line();
}

function alreadyRunning(url: string, pid: number): CommandError {
  return new CommandError({
    code: 'already_running',
    detail: `Aether runs already at ${url} (process ${pid}).`,
    hint: 'Use it there, or stop it with `npx aether down`. AETHER_DATA_DIR starts a second system.',
  });
}
