import type { Task } from '@aether/contracts/mission-schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { CommandError } from '../command-error.js';
import { findMission, findTask, missionName } from '../find-mission.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { plainText } from '../view/plain-text.js';

const key = z.string().trim().min(1);
const comment = z.string().trim().min(1);

/** `mission diff|accept|reject|answer|retry`: what people decide about single tasks. */
export function addMissionReview(group: Command): void {
  addDiff(group);
  addCommand(group, {
    usage: 'accept <mission> <task>',
    summary: 'accept reported work; it is merged then',
    flags: [['--comment <text>', 'kept in the thread']],
    examples: ['npx aether mission accept last task-1'],
    input: z.object({ mission: missionName, task: key, comment: comment.optional() }),
    run: async ({ config, terminal, input }) => {
      const api = new Api(await requireTarget(config));
      const task = await found(api, input);
      await judge(api, terminal, { task, verdict: 'accept', comment: input.comment });
    },
  });
  addCommand(group, {
    usage: 'reject <mission> <task> <comment>',
    summary: 'send reported work back; the comment is what the next attempt is told',
    examples: ['npx aether mission reject last task-1 "keep the old file"'],
    input: z.object({ mission: missionName, task: key, comment }),
    run: async ({ config, terminal, input }) => {
      const api = new Api(await requireTarget(config));
      const task = await found(api, input);
      await judge(api, terminal, { task, verdict: 'send-back', comment: input.comment });
    },
  });
  addCommand(group, {
    usage: 'answer <mission> <task> <text>',
    summary: 'answer what the agent of a task asked',
    examples: ['npx aether mission answer last task-2 "the blue one"'],
    input: z.object({ mission: missionName, task: key, text: comment }),
    run: async ({ config, terminal, input }) => {
      const api = new Api(await requireTarget(config));
      const { id } = await found(api, input);
      tell(terminal, await api.call('POST /api/v1/tasks/{id}/answer', { id, text: input.text }));
    },
  });
  addCommand(group, {
    usage: 'retry <mission> <task>',
    summary: 'try a failed or cancelled task again',
    flags: [['--comment <text>', 'what should be done differently']],
    examples: ['npx aether mission retry last task-2 --comment "use the other file"'],
    input: z.object({ mission: missionName, task: key, comment: comment.optional() }),
    run: async ({ config, terminal, input }) => {
      const api = new Api(await requireTarget(config));
      const { id } = await found(api, input);
      tell(terminal, await api.call('POST /api/v1/tasks/{id}/retry', { id, comment: input.comment }));
    },
  });
}

function addDiff(group: Command): void {
  addCommand(group, {
    usage: 'diff <mission> <task>',
    summary: 'what the last attempt at a task changed',
    examples: ['npx aether mission diff last task-1'],
    input: z.object({ mission: missionName, task: key }),
    run: async ({ config, terminal, input }) => {
      const api = new Api(await requireTarget(config));
      const task = await found(api, input);
      const { items } = await api.call('GET /api/v1/attempts', { taskId: task.id, limit: 1 });
      const [attempt] = items;
      if (!attempt)
        throw new CommandError({
          code: 'no_attempt',
          detail: `"${task.key}" was not begun yet.`,
          hint: undefined,
        });
      const { diff, truncated } = await api.call('GET /api/v1/attempts/{id}/diff', { id: attempt.id });
      terminal.answer({ attempt, diff, truncated }, () => {
        for (const line of plainText(diff).split('\n')) terminal.line(coloured(line, terminal));
        if (truncated) terminal.line(terminal.colours.dim('… the rest is left out.'));
      });
    },
  });
}

async function found(api: Api, { mission, task }: { mission: string; task: string }): Promise<Task> {
  return findTask(api, await findMission(api, mission), task);
}

async function judge(
  api: Api,
  terminal: Terminal,
  {
    task,
    verdict,
    comment: why,
  }: { task: Task; verdict: 'accept' | 'send-back'; comment: string | undefined },
): Promise<void> {
  if (!task.attemptId)
    throw new CommandError({
      code: 'nothing_reported',
      detail: `Nothing of "${task.key}" was reported yet.`,
      hint: undefined,
    });
  const { id, attemptId } = task;
  tell(terminal, await api.call('POST /api/v1/tasks/{id}/review', { id, attemptId, verdict, comment: why }));
}

function tell(terminal: Terminal, task: Task): void {
  const waits = task.waitsFor ? `; it waits for ${task.waitsFor}` : '';
  terminal.answer({ task }, () => terminal.line(`"${plainText(task.title)}" is ${task.state}${waits}.`));
}

function coloured(line: string, { colours }: Terminal): string {
  if (line.startsWith('+')) return colours.green(line);
  if (line.startsWith('-')) return colours.red(line);
  return line.startsWith('@@') ? colours.cyan(line) : line;
}
