import type { LogLine } from '@aether/contracts/deployer';

/** What people and agents say: short, long, and with all that Markdown has. */
export const messageTexts: readonly string[] = [
  'Look at the tests that fail on the main branch.',
  `I looked at them. Three fail, all for the same reason: the clock of the test is not the clock of the service.

- \`orders.test.ts\` waits for a second that never comes
- \`refunds.test.ts\` and \`reports.test.ts\` compare times of two machines`,
  'Then give the service the clock.',
  `Done. The constructor takes it now:

\`\`\`ts
export class Orders {
  constructor(private readonly clock: Clock) {}

  close(order: Order): Order {
    return { ...order, closedAt: this.clock.now() };
  }
}
\`\`\`

All **214 tests** pass, and the three that failed passed ten times in a row.`,
  'What does it cost to run them on every change?',
  `| part | seconds | of all |
| --- | --- | --- |
| install | 41 | 38 % |
| build | 22 | 20 % |
| tests | 45 | 42 % |

Packages could be kept between runs, which would save about half a minute. I would not split the tests: they take less than what a second machine needs to start. Say if you want it the other way, and I will measure that as well before anything is changed.`,
  'Keep the packages, then.',
  'The packages are kept now, by the digest of the lock file.',
];

/** What a gateway writes. */
export const logLines: readonly Pick<LogLine, 'level' | 'text'>[] = [
  { level: 'info', text: '[gateway] listening on ws://127.0.0.1:21000' },
  { level: 'info', text: '[agents/main] turn started' },
  {
    level: 'info',
    text: '[agents/main] tool exec finished with code 0: 214 tests passed, 0 failed, 3 skipped; the slowest took 2.1 s, which is more than the second that was allowed for it, and is told once in every run until somebody looks at it',
  },
  { level: 'warn', text: '[model] the provider answered 429, tried again after 2 s' },
  { level: 'info', text: '[agents/main] turn finished, 1842 tokens' },
  { level: 'error', text: '[tools] error: ENOENT: no such file or directory, open src/absent.ts' },
];
