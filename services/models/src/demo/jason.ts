import type { ChatRequest, Message } from '../calls/chat-request.js';
import { planOf } from './mission-plan.js';

/** What the demo does in Jason's place: an act by one of his tools, or nothing that it understands. */
export interface JasonAct {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const GOAL = /<goal>\n?([\s\S]*?)\n?<\/goal>/;
const LIST = /^\s*(?:[-*+]|\d{1,3}[.)])\s+/m;
const MISSION = /^(?:please )?(?:mission|plan|do)\s*:\s*([\s\S]+)$/i;

const COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/^(?:ok|yes|approve|start|go|run)(?: it| the mission)?[.!]?$/i, 'approve_mission'],
  [/^pause(?: it| the mission)?[.!]?$/i, 'pause_mission'],
  [/^(?:resume|continue)(?: it| the mission)?[.!]?$/i, 'resume_mission'],
  [/^(?:cancel|stop)(?: it| the mission)?[.!]?$/i, 'cancel_mission'],
  [/^(?:status|report|how (?:is it|far)|show(?: it| the mission)?)\b.*$/i, 'show_mission'],
  [/^(?:agents|who|list (?:the )?agents)\b.*$/i, 'list_agents'],
  [/^(?:missions|list (?:the )?missions)\b.*$/i, 'list_missions'],
];
const CHANGE = /^(?:change|replan)\s*:\s*([\s\S]+)$/i;

/** The plan that a request with Jason's plan schema asks for; null for every other request. */
export function planReply({ messages, response_format: format }: ChatRequest): string | null {
  const { json_schema: schema } = (format ?? {}) as { json_schema?: { name?: unknown } };
  if (schema?.name !== 'mission_plan') return null;
  const texts = messages.flatMap(({ role, content }) => (role === 'user' ? textsOf(content) : []));
  const goal = texts.map((text) => GOAL.exec(text)?.[1]).findLast((found) => found !== undefined);
  return JSON.stringify(planOf(goal ?? texts.at(-1) ?? ''));
}

/** The one act that a person's words to Jason ask for. */
export function jasonAct(said: string): JasonAct | null {
  const text = said.trim();
  const [, change] = CHANGE.exec(text) ?? [];
  if (change !== undefined) return { name: 'plan_mission', input: { comment: change.trim() } };
  const [, goal] = MISSION.exec(text) ?? [];
  if (goal !== undefined) return { name: 'create_mission', input: { goal: goal.trim() } };
  if (LIST.test(text)) return { name: 'create_mission', input: { goal: text } };
  const command = COMMANDS.find(([pattern]) => pattern.test(text));
  return command ? { name: command[1], input: {} } : null;
}

function textsOf(content: Message['content']): string[] {
  if (typeof content === 'string') return [content];
  return (content ?? []).flatMap(({ text }) => (typeof text === 'string' ? text : []));
}
