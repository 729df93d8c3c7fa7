import type { Task } from '@aether/contracts/mission-schemas';
import { Prompt } from '../jason/prompts.js';
import type { AttemptRow } from './attempt.entity.js';

const task = new Prompt('task.md', [
  'mission',
  'title',
  'place',
  'token',
  'checks',
  'results',
  'lessons',
  'instructions',
]);
const answer = new Prompt('answer.md', ['answer']);

const SUMMARY_MAX = 2_000;
const FILES_MAX = 50;
const LESSON_MAX = 4_000;
const QUESTION = /(?:^|\s)QUESTION:\s*(\S.*)$/;

/** What an agent is told: its task, the rules of the house, what it builds on, and what others have learned. */
export function instructions(attempt: AttemptRow): string {
  const { mission, task: own, dependencies } = attempt.claimed;
  const checks = [...mission.checks, ...own.checks];
  return task.render({
    mission: mission.title,
    title: own.title,
    place: place(attempt),
    token: attempt.token,
    checks: checks.map(({ name, command }) => `- ${name}: ${command}`).join('\n') || '- none',
    results: dependencies.map(result).join('\n\n') || 'Nothing: your task is among the first.',
    lessons: own.feedback.map((text) => `- ${text.slice(0, LESSON_MAX)}`).join('\n') || 'Nothing yet.',
    instructions: own.instructions,
  });
}

export function answerToQuestion(text: string): string {
  return answer.render({ answer: text });
}

/** What an agent asks a person at the end of its reply, or null. */
export function questionIn(reply: string): string | null {
  const last = reply.trimEnd().split('\n').at(-1) ?? '';
  return QUESTION.exec(last)?.[1]?.trim() ?? null;
}

function place({ directory, base, ports, conflictingCommit }: AttemptRow): string {
  return [
    base
      ? `- You work in a git worktree of your own, ${directory ?? ''}. Change files only there; commit or not, as you like. Do not push, switch branches, or touch other worktrees.`
      : `- You work in a directory of your own, ${directory ?? ''}. What you leave there is handed over.`,
    ...(ports.length > 0 ? [`- Ports that are yours alone: ${ports.join(', ')}.`] : []),
    ...(conflictingCommit
      ? [
          `- Earlier work on this task (commit ${conflictingCommit}) conflicted with what others had merged. It is being merged here: resolve every conflict marker so that both sides keep their meaning.`,
        ]
      : []),
  ].join('\n');
}

function result({ key, title, receipt }: Task): string {
  const files = receipt?.files.slice(0, FILES_MAX).map(({ path, status }) => `${path} (${status})`) ?? [];
  return [
    `### ${key}: ${title}`,
    receipt?.summary.slice(0, SUMMARY_MAX).trim() ?? '',
    files.length > 0 ? `Files: ${files.join(', ')}` : '',
  ]
    .filter(Boolean)
    .join('\n');
}
