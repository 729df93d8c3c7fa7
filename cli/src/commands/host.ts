import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { DETACHED_COMMAND, runDetached } from '../host/detached.js';

/** What `up --detach` runs; not for people. */
export function addHost(program: Command): void {
  program.command(DETACHED_COMMAND, { hidden: true }).action(() => runDetached(readConfig()));
}
