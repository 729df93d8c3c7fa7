import { missionsRequests } from '@aether/contracts/missions';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import type { CallInputOf, OutputOf, RequestContract } from '@aether/contracts/contract';
import { ContractFailure } from '@aether/contracts/failure';
import type { Context } from '@aether/messaging/context';
import type { Messaging } from '@aether/messaging/messaging';
import { tool } from 'ai';
import { z } from 'zod';

/** In which conversation, for whom, and what about. */
export interface ToolScope {
  readonly messaging: Messaging;
  /** With the person as actor: Jason may do what they may. */
  readonly context: Context;
  /** Makes the acts of one answer distinct, and each of them harmless when it is repeated. */
  readonly key: string;
  missionId: string | null;
  /** Told when the conversation has come to be about a mission. */
  readonly about: (missionId: string) => Promise<void>;
  readonly capabilities: () => Promise<ReadonlySet<string>>;
}

const id = z.string().nullable().describe('Id of the mission; null for the one this conversation is about.');

/** What Jason can do. Each answers in a few lines of text, for the model and for the person alike. */
export function jasonTools(scope: ToolScope) {
  let acts = 0;

  async function ask<C extends RequestContract>(contract: C, input: CallInputOf<C>): Promise<OutputOf<C>> {
    acts += 1;
    return scope.messaging.call(contract, input, {
      ...scope.context,
      idempotencyKey: `${scope.key}-${acts}`,
    });
  }

  function missionOf(given: string | null): { id: string } {
    const found = given ?? scope.missionId;
    if (!found)
      throw new Error('This conversation is not about a mission yet. Say which one, or give a goal.');
    return { id: found };
  }

  async function taskOf(given: string | null, key: string): Promise<Task> {
    const { id: missionId } = missionOf(given);
    const { items } = await ask(missionsRequests.listTasks, { missionId, limit: 200 });
    const task = items.find((each) => each.key === key);
    if (!task)
      throw new Error(`There is no task "${key}". Its tasks: ${items.map((each) => each.key).join(', ')}.`);
    return task;
  }

  const steering = (name: 'approveMission' | 'pauseMission' | 'resumeMission', description: string) =>
    tool({
      description: `${description} Only when the person asked for it.`,
      inputSchema: z.object({ missionId: id.default(null) }),
      execute: ({ missionId }) =>
        told(async () => headline(await ask(missionsRequests[name], missionOf(missionId)))),
    });

  return {
    create_mission: tool({
      description:
        'Puts a goal on the board and makes a plan for it. Answers at once; the plan comes a little later.',
      inputSchema: z.object({
        goal: z.string().describe("The goal, complete, in the person's words."),
        title: z.string().nullable().default(null),
        repository: z
          .string()
          .nullable()
          .default(null)
          .describe('Path or address of a git repository, if there is one.'),
      }),
      execute: ({ goal, title, repository }) =>
        told(async () => {
          const mission = await ask(missionsRequests.createMission, {
            goal,
            ...(title && { title }),
            repository,
          });
          scope.missionId = mission.id;
          await scope.about(mission.id);
          return `Mission ${mission.id} is on the board; its plan is being made. ${headline(mission)}`;
        }),
    }),
    plan_mission: tool({
      description: 'Makes another plan for a mission whose tasks have not begun, with what should change.',
      inputSchema: z.object({ missionId: id.default(null), comment: z.string() }),
      execute: ({ missionId, comment }) =>
        told(async () =>
          headline(await ask(missionsRequests.planMission, { ...missionOf(missionId), comment })),
        ),
    }),
    approve_mission: steering('approveMission', 'Starts the tasks of a mission as they are planned.'),
    pause_mission: steering('pauseMission', 'Starts no more tasks of a mission; those that run go on.'),
    resume_mission: steering('resumeMission', 'Goes on with a paused mission.'),
    review_task: tool({
      description: 'Accepts reported work of a task, or sends it back with what should change.',
      inputSchema: z.object({
        missionId: id.default(null),
        task: z.string().describe('Key of the task.'),
        verdict: z.enum(['accept', 'send-back']),
        comment: z.string().nullable().default(null),
      }),
      execute: ({ missionId, task: key, verdict, comment }) =>
        told(async () => {
          const task = await taskOf(missionId, key);
          const { id: taskId, attemptId } = task;
          if (!attemptId) throw new Error(`Nothing of "${key}" was reported yet.`);
          const input = { id: taskId, attemptId, verdict, ...(comment && { comment }) };
          return taskLine(await ask(missionsRequests.reviewTask, input));
        }),
    }),
    answer_question: tool({
      description: 'Passes the answer of the person to the agent of a task that asked.',
      inputSchema: z.object({ missionId: id.default(null), task: z.string(), text: z.string() }),
      execute: ({ missionId, task: key, text }) =>
        told(async () => {
          const { id: taskId } = await taskOf(missionId, key);
          return taskLine(await ask(missionsRequests.answerQuestion, { id: taskId, text }));
        }),
    }),
    cancel_mission: tool({
      description: 'Ends a mission for good. Only when the person asked for it.',
      inputSchema: z.object({ missionId: id.default(null) }),
      execute: ({ missionId }) =>
        told(async () => headline(await ask(missionsRequests.cancelMission, missionOf(missionId)))),
    }),
    show_mission: tool({
      description: 'State of a mission and of each of its tasks, with reasons and who works on it.',
      inputSchema: z.object({ missionId: id.default(null) }),
      execute: ({ missionId }) =>
        told(async () => {
          const mission = await ask(missionsRequests.getMission, missionOf(missionId));
          const { items } = await ask(missionsRequests.listTasks, { missionId: mission.id, limit: 200 });
          const report = mission.report === null ? [] : ['', mission.report];
          return [headline(mission), ...items.reverse().map(taskLine), ...report].join('\n');
        }),
    }),
    list_missions: tool({
      description: 'The newest missions with their states.',
      inputSchema: z.object({}),
      execute: () =>
        told(async () => {
          const { items } = await ask(missionsRequests.listMissions, { limit: 20 });
          return (
            items.map((mission) => `${mission.id} ${headline(mission)}`).join('\n') || 'There is no mission.'
          );
        }),
    }),
    list_agents: tool({
      description: 'Capabilities that agents and templates have.',
      inputSchema: z.object({}),
      execute: () =>
        told(async () => {
          const names = [...(await scope.capabilities())].sort();
          return names.length > 0
            ? `Capabilities: ${names.join(', ')}`
            : 'There is no agent and no template.';
        }),
    }),
  };
}

/** A refusal is an answer, too: with its hint, so that Jason can pass it on. Other faults are not for the model. */
async function told(act: () => Promise<string>): Promise<string> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ContractFailure) throw new Error(`${error.message} ${error.hint}`, { cause: error });
    throw error;
  }
}

function headline({ title, state, waitsFor, reason, tasks }: Mission): string {
  const counts = Object.entries(tasks)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
  return [
    `"${title}" is ${state}`,
    counts && `tasks: ${counts}`,
    reason && `${reason.cause} ${reason.remedy}`,
    waitsFor && `it waits for ${waitsFor}`,
  ]
    .filter(Boolean)
    .join('; ');
}

function taskLine({ key, title, state, agentName, waitsFor, reason }: Task): string {
  const more = [agentName && `by ${agentName}`, waitsFor && `waits for ${waitsFor}`, reason?.cause].filter(
    Boolean,
  );
  return `- ${key} "${title}": ${[state, ...more].join('; ')}`;
}
