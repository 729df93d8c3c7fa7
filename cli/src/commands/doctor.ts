import type { Command } from 'commander';
import { z } from 'zod';
import { addCommand } from '../command-line.js';

export function addDoctor(program: Command): void {
  addCommand(program, {
    usage: 'doctor',
    summary: 'tell what this machine lacks, and how to mend it',
    examples: ['npx aether doctor', 'npx aether doctor --json'],
    input: z.object({}),
    async run({ config, terminal }) {
      const { examine } = await import('../doctor/checks.js');
      const findings = await examine(config);
      const ok = findings.every((finding) => finding.ok || finding.optional);
      terminal.answer({ ok, checks: findings }, () => {
        const { green, red, yellow, dim, cyan } = terminal.colours;
        for (const finding of findings) {
          const sign = finding.ok ? green('✔') : finding.optional ? yellow('○') : red('✖');
          terminal.line(`${sign} ${finding.name.padEnd(15)} ${dim(finding.detail)}`);
          if (!finding.ok && finding.remedy) terminal.line(`  ${cyan('→')} ${finding.remedy}`);
        }
        terminal.line();
        terminal.line(ok ? 'This machine can run Aether.' : 'Mend what is marked ✖, then run this again.');
      });
      if (!ok) process.exitCode = 1;
    },
  });
}
