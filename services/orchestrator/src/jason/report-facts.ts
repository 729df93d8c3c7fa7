import type { Mission, Task } from '@aether/contracts/mission-schemas';

const SUMMARY_MAX = 500;

/** What can be proved about a mission, as Markdown. */
export function factsOf(mission: Mission, tasks: readonly Task[], log: string | null): string {
  const receipts = tasks.flatMap(({ receipt }) => receipt ?? []);
  const tokens = receipts.reduce((sum, receipt) => sum + receipt.tokens, 0);
  const cost = receipts.reduce((sum, receipt) => sum + receipt.costUsd, 0);
  const attempts = tasks.reduce((sum, task) => sum + task.attempts, 0);
  const accepted = tasks.filter(({ state }) => state === 'accepted').length;
  return [
    `## ${mission.title}`,
    [
      `${accepted} of ${tasks.length} tasks accepted`,
      `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
      `${tokens} tokens`,
      `${cost.toFixed(4)} USD`,
    ].join(' · '),
    ...(mission.branch && log ? [`Branch \`${mission.branch}\`.`] : []),
    ...tasks.map(taskFacts),
    ...(log ? ['### Merged', `\`\`\`\n${log}\n\`\`\``] : []),
  ].join('\n\n');
}

function taskFacts({ key, title, state, receipt, agentName, reason }: Task): string {
  const lines = [`### ${key}: ${title}`];
  if (!receipt || state !== 'accepted')
    return [...lines, `${state}${reason ? `: ${reason.cause}` : ''}`].join('\n\n');
  const { files, checks, mergeCommit, commit, startedAt, finishedAt, summary } = receipt;
  const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000);
  const at = mergeCommit ?? commit;
  const facts = [
    `accepted, by ${agentName ?? 'an agent'} in ${seconds} s`,
    at ? `commit \`${at.slice(0, 12)}\`` : '',
    `${files.length} ${files.length === 1 ? 'file' : 'files'}`,
    checks.length > 0 ? `checks passed: ${checks.map(({ name }) => name).join(', ')}` : 'no checks',
  ];
  return [...lines, facts.filter(Boolean).join(' · '), summary.slice(0, SUMMARY_MAX).trim()]
    .filter(Boolean)
    .join('\n\n');
}
