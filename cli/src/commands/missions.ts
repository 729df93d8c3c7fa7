import { setTimeout as delay } from 'node:timers/promises';
import { Delivery, type Mission } from '@aether/contracts/mission-schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { listAll } from '../api-pages.js';
import { addCommand } from '../command-line.js';
import { CommandError } from '../command-error.js';
import { findMission, missionName, tasksOf } from '../find-mission.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { boundFlags, bounds, missionBounds } from './budgets.js';
import { addMissionResults, deliveryFlag } from './mission-results.js';
import { addMissionReview } from './mission-review.js';
import { addMissionRun, repositoryOf } from './mission-run.js';
import { addMissionThread } from './mission-thread.js';
import { missionLabel, showMission } from '../view/mission-view.js';
import { printTable } from '../view/table.js';

const LOOK_EVERY_MS = 500;
const WAIT_TIMEOUT_S = 600;
const waiting = {
  wait: z.boolean().default(false),
  timeout: z.coerce.number().positive().default(WAIT_TIMEOUT_S),
};
const waitFlags = [
  ['--wait', 'wait until there is a plan, or the reason why not'],
  ['--timeout <seconds>', `how long to wait at most (default: ${WAIT_TIMEOUT_S})`],
] as const;

/** `missions` and `mission create|plan|show|cancel`, and what is done while a mission runs. */
export function addMissions(program: Command): void {
  addCommand(program, {
    usage: 'missions',
    summary: 'list missions, newest first',
    examples: ['npx aether missions'],
    input: z.object({}),
    async run({ config, terminal }) {
      const missions = await listAll(new Api(await requireTarget(config)), 'GET /api/v1/missions', {});
      terminal.answer({ missions }, () => listMissions(terminal, missions));
    },
  });
  const group = program.command('mission').description('put a goal on the board and see what becomes of it');
  addCreate(group);
  addPlan(group);
  addShow(group);
  addCancel(group);
  addMissionRun(group);
  addMissionReview(group);
  addMissionThread(group);
  addMissionResults(group);
}

function addCreate(group: Command): void {
  addCommand(group, {
    usage: 'create <goal>',
    summary: 'put a goal on the board; Jason makes a plan for it',
    flags: [
      ['--title <text>', "instead of the goal's first line"],
      ['--repository <path>', 'path or address of the git repository it is about'],
      ['--review', 'you accept each result; else passing checks are enough'],
      ['--guarded', 'agents ask before they run commands: see `aether approvals`'],
      ['--deploy-missing', 'agents may be deployed for capabilities that nobody has'],
      deliveryFlag,
      ...boundFlags,
      ['--private', 'only you and administrators see it'],
      ...waitFlags,
    ],
    examples: [
      'npx aether mission create "- write a.txt: one\n- write b.txt: two\n- then run: cat a.txt b.txt" --wait',
    ],
    input: z.object({
      goal: z.string().trim().min(1),
      title: z.string().optional(),
      repository: z.string().optional(),
      review: z.boolean().default(false),
      guarded: z.boolean().default(false),
      deployMissing: z.boolean().default(false),
      delivery: Delivery.default('none'),
      private: z.boolean().default(false),
      ...bounds,
      ...waiting,
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const mission = await api.call('POST /api/v1/missions', {
        goal: input.goal,
        title: input.title,
        repository: input.repository === undefined ? null : repositoryOf(input.repository),
        acceptance: input.review ? 'person' : 'checks',
        workspace: { permissions: input.guarded ? 'guarded' : 'full' },
        deployMissing: input.deployMissing,
        delivery: input.delivery,
        budget: missionBounds(input),
        visibility: input.private ? 'private' : 'open',
      });
      await tell(api, terminal, input.wait ? await planned(api, mission, input.timeout) : mission);
    },
  });
}

function addPlan(group: Command): void {
  addCommand(group, {
    usage: 'plan <mission> [comment]',
    summary: 'ask Jason for another plan, with what should change',
    flags: waitFlags,
    examples: ['npx aether mission plan last "do it in two steps" --wait'],
    input: z.object({ mission: missionName, comment: z.string().trim().min(1).optional(), ...waiting }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const mission = await api.call('POST /api/v1/missions/{id}/plan', {
        id: (await findMission(api, input.mission)).id,
        comment: input.comment,
      });
      await tell(api, terminal, input.wait ? await planned(api, mission, input.timeout) : mission);
    },
  });
}

function addShow(group: Command): void {
  addCommand(group, {
    usage: 'show <mission>',
    summary: 'a mission with its tasks',
    examples: ['npx aether mission show last'],
    input: z.object({ mission: missionName }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      await tell(api, terminal, await findMission(api, input.mission));
    },
  });
}

function addCancel(group: Command): void {
  addCommand(group, {
    usage: 'cancel <mission>',
    summary: 'end a mission for good',
    flags: [['--why <text>', 'kept in the thread of the mission']],
    examples: ['npx aether mission cancel last --why "no longer needed"'],
    input: z.object({ mission: missionName, why: z.string().trim().min(1).optional() }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await findMission(api, input.mission);
      await tell(api, terminal, await api.call('POST /api/v1/missions/{id}/cancel', { id, why: input.why }));
    },
  });
}

async function tell(api: Api, terminal: Terminal, mission: Mission): Promise<void> {
  const tasks = await tasksOf(api, mission.id);
  terminal.answer({ mission, tasks }, () => showMission(terminal, mission, tasks));
}

async function planned(api: Api, { id: missionId }: Mission, timeoutS: number): Promise<Mission> {
  const until = Date.now() + timeoutS * 1_000;
  while (Date.now() < until) {
    const mission = await api.call('GET /api/v1/missions/{id}', { id: missionId });
    if (mission.state === 'planning') {
      await delay(LOOK_EVERY_MS);
      continue;
    }
    if (mission.state !== 'draft') return mission;
    throw new CommandError({
      code: mission.reason?.code ?? 'no_plan',
      detail: mission.reason?.cause ?? 'There is no plan.',
      hint: mission.reason?.remedy,
      document: { mission },
    });
  }
  throw new CommandError({
    code: 'wait_timeout',
    detail: `There was no plan after ${timeoutS} s.`,
    hint: `Jason goes on; look with \`npx aether mission show ${missionId}\`.`,
  });
}

function listMissions(terminal: Terminal, missions: readonly Mission[]): void {
  if (missions.length === 0) {
    terminal.line('There are no missions yet. Begin with:');
    terminal.line('  npx aether mission create "your goal"');
    return;
  }
  const done = ({ tasks }: Mission) => {
    const all = Object.values(tasks).reduce((sum, count) => sum + count, 0);
    return all === 0 ? '–' : `${tasks.accepted}/${all}`;
  };
  printTable(
    terminal,
    ['MISSION', 'STATE', 'TITLE', 'DONE', 'WAITS FOR'],
    missions.map((mission) => [
      mission.id,
      missionLabel(mission.state, terminal.colours),
      mission.title,
      done(mission),
      mission.waitsFor ?? '–',
    ]),
  );
}
