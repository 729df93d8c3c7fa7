import { Delivery } from '@aether/contracts/mission-schemas';
import type { Workspaces } from '@aether/contracts/workspaces';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { findMission, missionName } from '../find-mission.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { plainText } from '../view/plain-text.js';
import { bytes as size } from '../view/bytes.js';
import { printTable } from '../view/table.js';

/** What a new mission says about its delivery. */
export const deliveryFlag = [
  '--delivery <kind>',
  `what becomes of its branch at the end, one of: ${Delivery.options.join(', ')} (default: none)`,
] as const;

/** `mission deliver|disk`. */
export function addMissionResults(group: Command): void {
  addCommand(group, {
    usage: 'deliver <mission>',
    summary: 'push the branch of an ended mission, or open its pull request, now',
    flags: [['--as <kind>', "push or pull-request, instead of the mission's own"]],
    examples: ['npx aether mission deliver last --as pull-request'],
    input: z.object({ mission: missionName, as: Delivery.exclude(['none']).optional() }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await findMission(api, input.mission);
      const told = await api.call('POST /api/v1/missions/{id}/deliver', { id, delivery: input.as });
      terminal.answer(told, () =>
        terminal.line(`${terminal.colours.green('✔')} ${plainText(told.deliveredTo)}`),
      );
    },
  });
  addCommand(group, {
    usage: 'disk',
    summary: 'what missions occupy on disk, and how much is free',
    examples: ['npx aether mission disk'],
    input: z.object({}),
    async run({ config, terminal }) {
      const workspaces = await new Api(await requireTarget(config)).call('GET /api/v1/workspaces', {});
      terminal.answer({ workspaces }, () => print(terminal, workspaces));
    },
  });
}

function print(terminal: Terminal, workspaces: Workspaces): void {
  const { worktrees, repositories, rescueRefs } = workspaces;
  printTable(
    terminal,
    ['WHAT', 'SIZE'],
    [
      ['worktrees of tasks under way', size(workspaces.worktreeBytes)],
      [
        `${repositories} cloned ${repositories === 1 ? 'repository' : 'repositories'}`,
        size(workspaces.repositoryBytes),
      ],
      ['work kept although not accepted', `${rescueRefs} ${rescueRefs === 1 ? 'attempt' : 'attempts'}`],
      ['free on the volume', `${size(workspaces.freeBytes)} of ${size(workspaces.totalBytes)}`],
      ['to stay free', size(workspaces.minimumFreeBytes)],
    ],
  );
  if (worktrees.length === 0) return;
  terminal.line('');
  printTable(
    terminal,
    ['ATTEMPT', 'MISSION', 'SIZE'],
    worktrees.map(({ attemptId, missionId, bytes }) => [attemptId, missionId, size(bytes)]),
  );
}
