import type { CallSum, UsageCheckSum } from '@aether/contracts/usage-checks';
import { listAll } from '../api-pages.js';
import type { Api } from '../api.js';
import type { Terminal } from '../terminal.js';
import { plainText } from '../view/plain-text.js';
import { printTable } from '../view/table.js';

/** `usage --check`: has the ledger held against the gateways' own record now, and tells what was found. */
export async function checkUsage(api: Api, terminal: Terminal, name: string | undefined): Promise<void> {
  const deploymentId = name && (await api.call('GET /api/v1/deployments/{id}', { id: name })).id;
  const of = deploymentId ? { deploymentId } : {};
  const { checked, left } = await api.call('POST /api/v1/usage/checks', of);
  const { items } = await api.call('GET /api/v1/usage/checks/summary', of);
  const deployments = await listAll(api, 'GET /api/v1/deployments', {});
  const names = new Map(deployments.map((each) => [each.id, each.name]));
  const nameOf = (id: string) => plainText(names.get(id) ?? id);
  terminal.answer({ checked, left, checks: items }, () => {
    if (items.length === 0) return terminal.line('No chat has used a model yet.');
    print(terminal, items, nameOf);
    if (left > 0) terminal.line(`${left} more chats are checked in the background; ask again for them.`);
  });
}

function print(terminal: Terminal, sums: readonly UsageCheckSum[], nameOf: (id: string) => string): void {
  printTable(
    terminal,
    ['DEPLOYMENT', 'CHATS', 'LEDGER', 'GATEWAY', 'AGREES', 'DIFFERING', 'NOT REACHED'],
    sums.map((sum) => [
      nameOf(sum.deploymentId),
      String(sum.chats),
      amount(sum.ledger),
      amount(sum.gateway),
      amount(sum.parts.equal),
      sum.differing > 0 ? terminal.colours.red(String(sum.differing)) : '0',
      String(sum.waiting + sum.givenUp),
    ]),
  );
  for (const sum of sums)
    for (const note of sum.notes)
      terminal.line(`${terminal.colours.bold(nameOf(sum.deploymentId))}: ${note}`);
}

const amount = ({ calls, inputTokens, outputTokens }: CallSum) =>
  `${calls.toLocaleString('en')} calls, ${(inputTokens + outputTokens).toLocaleString('en')} tokens`;
