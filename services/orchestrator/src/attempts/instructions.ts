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
export function instructions(attempt: AttemptRow, cloneUrl: string): string {
  const { mission, task: own, dependencies } = attempt.claimed;
  const checks = [...mission.checks, ...own.checks];
  return task.render({
    mission: mission.title,
    title: own.title,
    place: place(attempt, cloneUrl),
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

function place(attempt: AttemptRow, cloneUrl: string): string {
  const { ports, conflictingCommit: conflicting } = attempt;
  return [
    `- ${workplace(attempt, cloneUrl)}`,
    ...(ports.length > 0 ? [`- Ports that are yours alone: ${ports.join(', ')}.`] : []),
    ...(conflicting
      ? [
          `- Earlier work on this task (commit ${conflicting}) conflicted with what others had merged. It is being merged here: resolve every conflict marker so that both sides keep their meaning.`,
        ]
      : []),
  ].join('\n');
}

function workplace({ agent, directory, branch, base }: AttemptRow, cloneUrl: string): string {
  if (agent.workplace === 'clone')
    return base
      ? `Clone your branch into a new directory and work there: \`git clone --branch ${branch ?? ''} ${cloneUrl}\`. Commit everything and push to the same branch before you end: what is not pushed is lost. The address works for this task only; keep it to yourself.`
      : 'Work where you like. Files that are results of your task are handed over by the tool hand_over_artifact, with their content.';
  if (!base)
    return `You work in a directory of your own, ${directory ?? ''}. The files your task builds on are there; what you add or change is handed over.`;
  return `You work in a git ${agent.workplace === 'copy' ? 'repository' : 'worktree'} of your own, ${directory ?? ''}. Change files only there; commit or not, as you like. Do not push, switch branches, or touch other worktrees.`;
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
