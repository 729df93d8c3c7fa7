/** A task as Jason's plan schema has it (services/orchestrator, `mission_plan`). */
interface DemoTask {
  readonly key: string;
  readonly title: string;
  readonly instructions: string;
  readonly requires: string[];
  readonly prefers: string[];
  readonly checks: { name: string; command: string }[];
  readonly estimateMinutes: number;
  readonly dependsOn: string[];
}

const ITEM = /^(?:[-*+]|\d{1,3}[.)])\s+(.*)$/;
const THEN = /^(?:and )?(?:then|afterwards|after that|next)[,:]?\s+/i;
const FINALLY = /^(?:finally|in the end|at the end|last)[,:]?\s+/i;
const AFTER = /^after (\d{1,3}(?:(?:\s*,\s*|\s+and\s+)\d{1,3})*)[,:]?\s+/i;
const NEEDS = /\s*\[([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)\]\s*$/;
const CHECK = /^check:\s*(\S.*)$/i;
const TITLE_MAX = 80;

/**
 * A plan without any model, the same for the same goal. Numbered or bulleted lines become tasks, with the indented
 * lines below them; `then` waits for the item before, `finally` for all, `after 1 and 2` for those. `[coding]` at the
 * end names a capability; a line `check: <command>` becomes an acceptance check.
 */
export function planOf(goal: string): { title: string; note: string; tasks: DemoTask[] } {
  const { head, items } = readItems(goal);
  const tasks: DemoTask[] = [];
  for (const [text = '', ...below] of items.length > 0 ? items : sentences(goal)) {
    const order = orderOf(text, tasks.length);
    const [, names] = NEEDS.exec(order.rest) ?? [];
    const instruction = order.rest.replace(NEEDS, '');
    const checks = below.flatMap((line) => CHECK.exec(line.trim())?.[1] ?? []);
    const lines = [instruction, ...below.filter((line) => !CHECK.test(line.trim()))];
    tasks.push({
      key: `task-${tasks.length + 1}`,
      title: titleOf(instruction),
      instructions: lines.join('\n'),
      requires: names ? names.split(',').map((name) => name.trim()) : [],
      prefers: [],
      checks: checks.map((command) => ({ name: shortOf(command), command })),
      estimateMinutes: 5,
      dependsOn: order.after.map((index) => `task-${index + 1}`),
    });
  }
  const note = `Demo plan: ${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'}, read from the form of the goal, not understood.`;
  return { title: titleOf(head || (tasks[0]?.title ?? goal)), note, tasks };
}

/** The text before the list, and each item with the lines that belong to it. */
function readItems(goal: string): { head: string; items: string[][] } {
  const head: string[] = [];
  const items: string[][] = [];
  for (const line of goal.trim().split('\n')) {
    const [, text] = ITEM.exec(line) ?? [];
    const last = items.at(-1);
    if (text !== undefined) items.push([text.trim()]);
    else if (last && line.trim() !== '') last.push(line.replace(/^ {1,4}|^\t/, ''));
    else if (!last) head.push(line.trim());
  }
  return { head: head.join(' ').trim(), items };
}

/** A goal without a list: one task, or several where it says "then". */
function sentences(goal: string): string[][] {
  const parts = goal.trim().split(/(?:[,;.]|(?<!\band))\s+(?=(?:and )?then\s)/i);
  return parts.map((part) => [part.trim()]);
}

function orderOf(text: string, count: number): { rest: string; after: number[] } {
  const [named, numbers] = AFTER.exec(text) ?? [];
  if (named !== undefined && numbers !== undefined) {
    const after = (numbers.match(/\d+/g) ?? []).map((number) => Number(number) - 1);
    return { rest: text.slice(named.length), after: [...new Set(after)] };
  }
  const previous = count > 0 ? [count - 1] : [];
  if (THEN.test(text)) return { rest: text.replace(THEN, ''), after: previous };
  if (FINALLY.test(text))
    return { rest: text.replace(FINALLY, ''), after: Array.from({ length: count }, (_, index) => index) };
  return { rest: text, after: [] };
}

function titleOf(text: string): string {
  const short = shortOf(text);
  return short.charAt(0).toUpperCase() + short.slice(1);
}

function shortOf(text: string): string {
  const line = (text.split('\n')[0] ?? '').replace(/[\p{Cc}]/gu, ' ').trim() || 'Task';
  return line.length > TITLE_MAX ? `${line.slice(0, TITLE_MAX - 1).trimEnd()}…` : line;
}
