import type { ThreadEntry } from '@aether/contracts/mission-schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { findMission, missionName } from '../find-mission.js';
import { requireTarget } from '../sign-in.js';
import { plainText } from '../view/plain-text.js';

const ENTRIES = 50;

/** `mission thread|comment|adopt`: what is said and done in a mission. */
export function addMissionThread(group: Command): void {
  addCommand(group, {
    usage: 'thread <mission>',
    summary: `the last ${ENTRIES} entries of a mission's thread`,
    examples: ['npx aether mission thread last'],
    input: z.object({ mission: missionName }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await findMission(api, input.mission);
      const { items } = await api.call('GET /api/v1/missions/{id}/thread', { id, limit: ENTRIES });
      const entries = items.reverse();
      terminal.answer({ entries }, () => {
        for (const entry of entries) terminal.line(lineOf(entry));
      });
    },
  });
  addCommand(group, {
    usage: 'comment <mission> <text>',
    summary: 'say something in the thread of a mission',
    examples: ['npx aether mission comment last "looks good so far"'],
    input: z.object({ mission: missionName, text: z.string().trim().min(1) }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await findMission(api, input.mission);
      const entry = await api.call('POST /api/v1/missions/{id}/thread', { id, text: input.text });
      terminal.answer({ entry }, () => terminal.line(lineOf(entry)));
    },
  });
  addCommand(group, {
    usage: 'adopt <mission> <entry>',
    summary: 'add the task that an agent proposed in this entry of the thread',
    examples: ['npx aether mission adopt last 12'],
    input: z.object({ mission: missionName, entry: z.coerce.number().int().min(1) }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await findMission(api, input.mission);
      const task = await api.call('POST /api/v1/missions/{id}/thread/{seq}/adopt', { id, seq: input.entry });
      terminal.answer({ task }, () =>
        terminal.line(`"${plainText(task.title)}" is a task of the mission now: ${task.key}.`),
      );
    },
  });
}

function lineOf({ seq, kind, author, text }: ThreadEntry): string {
  return `${String(seq).padStart(4)}  ${kind.padEnd(9)} ${plainText(author.name)}: ${plainText(text)}`;
}
