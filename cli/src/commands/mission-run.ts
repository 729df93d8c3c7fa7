import { resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { Delivery, type Mission } from '@aether/contracts/mission-schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { CommandError } from '../command-error.js';
import { findMission, missionName } from '../find-mission.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { deliveryFlag } from './mission-results.js';
import { graphLines } from '../view/mission-graph.js';
import { plainText } from '../view/plain-text.js';
import { Redrawn } from '../view/redrawn.js';
import { watchMission, type MissionPicture } from '../watch-mission.js';

const WAIT_TIMEOUT_S = 3_600;
const timeout = z.coerce.number().positive().default(WAIT_TIMEOUT_S);
const timeoutFlag = [
  '--timeout <seconds>',
  `how long to watch at most (default: ${WAIT_TIMEOUT_S})`,
] as const;
const endings = {
  approve: 'start the tasks of a plan',
  pause: 'start no more tasks; those that run go on',
  resume: 'go on with a paused mission',
} as const;

/** `mission run|watch|approve|pause|resume`. */
export function addMissionRun(group: Command): void {
  addRun(group);
  addCommand(group, {
    usage: 'watch <mission>',
    summary: 'draw the graph of a mission while it runs',
    flags: [timeoutFlag],
    examples: ['npx aether mission watch last'],
    input: z.object({ mission: missionName, timeout }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await findMission(api, input.mission);
      await watch(api, terminal, { id, timeoutMs: input.timeout * 1_000 });
    },
  });
  for (const verb of ['approve', 'pause', 'resume'] as const) addSteering(group, verb);
}

function addRun(group: Command): void {
  addCommand(group, {
    usage: 'run <goal>',
    summary: 'create a mission, approve its plan as it is, and watch it to its end',
    flags: [
      ['--title <text>', "instead of the goal's first line"],
      ['--repository <path>', 'path or address of the git repository it is about'],
      ['--review', 'you accept each result; else passing checks are enough'],
      ['--deploy-missing', 'agents may be deployed for capabilities that nobody has'],
      deliveryFlag,
      timeoutFlag,
    ],
    examples: ['npx aether mission run "- write a.txt: one\n- then run: cat a.txt" --repository .'],
    input: z.object({
      goal: z.string().trim().min(1),
      title: z.string().optional(),
      repository: z.string().optional(),
      review: z.boolean().default(false),
      deployMissing: z.boolean().default(false),
      delivery: Delivery.default('none'),
      timeout,
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await api.call('POST /api/v1/missions', {
        goal: input.goal,
        title: input.title,
        repository: input.repository === undefined ? null : repositoryOf(input.repository),
        acceptance: input.review ? 'person' : 'checks',
        deployMissing: input.deployMissing,
        delivery: input.delivery,
        autonomy: 'auto',
      });
      await watch(api, terminal, { id, timeoutMs: input.timeout * 1_000 });
    },
  });
}

function addSteering(group: Command, verb: keyof typeof endings): void {
  addCommand(group, {
    usage: `${verb} <mission>`,
    summary: endings[verb],
    flags: [['--why <text>', 'kept in the thread of the mission']],
    examples: [`npx aether mission ${verb} last`],
    input: z.object({ mission: missionName, why: z.string().trim().min(1).optional() }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await findMission(api, input.mission);
      const mission = await api.call(`POST /api/v1/missions/{id}/${verb}`, { id, why: input.why });
      terminal.answer({ mission }, () =>
        terminal.line(
          `"${plainText(mission.title)}" is ${mission.state}. See it with \`npx aether mission watch ${id}\`.`,
        ),
      );
    },
  });
}

/** A path is one from here; anything else is an address. */
export function repositoryOf(text: string): string {
  return existsSync(text) ? resolve(text) : text;
}

async function watch(
  api: Api,
  terminal: Terminal,
  { id, timeoutMs }: { id: string; timeoutMs: number },
): Promise<void> {
  const screen = new Redrawn(terminal);
  const onChange = (picture: MissionPicture) => screen.show(graphLines(picture, terminal.colours));
  const { mission, tasks, attempts } = await watchMission(api, id, { timeoutMs, onChange });
  terminal.answer({ mission, tasks, attempts }, () => tellEnd(terminal, mission));
  if (['failed', 'cancelled', 'draft'].includes(mission.state))
    throw new CommandError({
      code: mission.reason?.code ?? `mission_${mission.state}`,
      detail: mission.reason?.cause ?? `The mission is ${mission.state}.`,
      hint: mission.reason?.remedy,
    });
}

function tellEnd(terminal: Terminal, mission: Mission): void {
  const { colours } = terminal;
  terminal.line('');
  if (mission.state === 'completed') {
    terminal.line(plainText(mission.report ?? ''));
    return;
  }
  if (mission.reason) terminal.line(`${mission.reason.cause} ${colours.cyan('→')} ${mission.reason.remedy}`);
  else terminal.line(`It waits for ${mission.waitsFor ?? 'a person'}.`);
  terminal.line(colours.dim(`npx aether mission show ${mission.id}`));
}
