import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { addCommand } from '../command-line.js';

const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
export const VERSION = z.object({ version: z.string() }).parse(JSON.parse(manifest)).version;

export function addVersion(program: Command): void {
  addCommand(program, {
    usage: 'version',
    summary: 'tell the version of this command and of Node.js',
    examples: ['npx aether version --json'],
    input: z.object({}),
    async run({ terminal }) {
      const node = process.version;
      terminal.answer({ version: VERSION, node }, () => terminal.line(`aether ${VERSION} (Node.js ${node})`));
    },
  });
}
