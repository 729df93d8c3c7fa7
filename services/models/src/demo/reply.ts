import type { ChatRequest } from '../calls/chat-request.js';
import { parseIntents, type Intent } from './intent.js';
import { jasonAct, planReply } from './jason.js';
import { readTurn, type Turn } from './turn.js';

/** Either the next tool to call, or an answer in pieces; a slow piece takes ten times as long as a word. */
export type Reply =
  | { readonly kind: 'tool'; readonly name: string; readonly input: Readonly<Record<string, unknown>> }
  | { readonly kind: 'text'; readonly pieces: readonly { readonly text: string; readonly slow: boolean }[] };

type ToolIntent = Extract<Intent, { kind: 'write' | 'run' | 'read' }>;

const LABEL = 'Demo model:';
const HELP =
  'I am the built-in demo of Aether, not a language model. Try "count to 20", "write notes.md: some text", "read notes.md" or "run: ls".';
const JASON_HELP =
  'I am the built-in demo in Jason\'s place, not a language model. Give me a goal as a numbered or bulleted list and I put it on the board; then say "start", "status", "pause", "resume", "cancel", "agents", "missions", or "change: " and another list.';
/** Offered to Jason only. */
const JASON_TOOL = 'create_mission';
const QUOTED_MAX = 600;

/** The demo model's whole behaviour: what it does next, from the request alone. */
export function replyTo(request: ChatRequest): Reply {
  const plan = planReply(request);
  if (plan !== null) return { kind: 'text', pieces: words(plan) };
  const turn = readTurn(request.messages);
  const offered = offeredTools(request);
  if (offered.has(JASON_TOOL)) return jasonReply(turn, offered);
  const intents = parseIntents(turn.said);
  const steps = intents.filter(isTool).map((intent) => ({ intent, ...toolOf(intent) }));
  const possible = steps.filter(({ name }) => offered.has(name));
  const next = possible[turn.toolCalls];
  if (next) return { kind: 'tool', name: next.name, input: next.input };

  const done = possible.map(({ intent }, index) => told(intent, turn.toolResults[index] ?? ''));
  const refused = steps
    .filter(({ name }) => !offered.has(name))
    .map(({ intent, name }) => `I cannot ${describe(intent)}: the tool "${name}" is not offered to me here.`);
  const parts = [...[...done, ...refused].map(words), ...intents.map(speak)].filter(
    ({ length }) => length > 0,
  );
  const lines = parts.flatMap((part, index) => (index === 0 ? part : [{ text: '\n', slow: false }, ...part]));
  return { kind: 'text', pieces: [...words(`${LABEL} `), ...(lines.length > 0 ? lines : words(HELP))] };
}

/** In Jason's place: one act, then what came of it. */
function jasonReply(turn: Turn, offered: ReadonlySet<string>): Reply {
  const act = jasonAct(turn.said);
  if (!act || !offered.has(act.name)) return { kind: 'text', pieces: words(`${LABEL} ${JASON_HELP}`) };
  if (turn.toolCalls === 0) return { kind: 'tool', ...act };
  return { kind: 'text', pieces: words(`${LABEL} ${turn.toolResults.at(-1) ?? ''}`) };
}

const isTool = (intent: Intent): intent is ToolIntent => ['write', 'run', 'read'].includes(intent.kind);

/** Names and parameters as OpenClaw offers them. */
function toolOf(intent: ToolIntent): { name: string; input: Record<string, string> } {
  switch (intent.kind) {
    case 'write':
      return { name: 'write', input: { path: intent.path, content: intent.content } };
    case 'run':
      return { name: 'exec', input: { command: intent.command } };
    case 'read':
      return { name: 'read', input: { path: intent.path } };
  }
}

function describe(intent: ToolIntent): string {
  return intent.kind === 'run' ? `run "${intent.command}"` : `${intent.kind} ${intent.path}`;
}

function told(intent: ToolIntent, result: string): string {
  const text = result.trim();
  const short = text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)} ...` : text;
  return `I asked to ${describe(intent)}. The answer: ${short || 'nothing'}`;
}

function speak(intent: Intent): { text: string; slow: boolean }[] {
  switch (intent.kind) {
    case 'greet':
      return words(`Hello. ${HELP}`);
    case 'count':
      return Array.from({ length: intent.to }, (_, index) => ({
        text: index + 1 < intent.to ? `${index + 1} ` : `${index + 1}.`,
        slow: true,
      }));
    case 'ask':
      return words(`QUESTION: ${intent.text.slice(0, QUOTED_MAX)}`);
    case 'say':
      return words(`You said: ${intent.text.slice(0, QUOTED_MAX)}`);
    case 'write':
    case 'run':
    case 'read':
      return [];
  }
}

const words = (text: string) => (text.match(/\s*\S+\s*/g) ?? []).map((word) => ({ text: word, slow: false }));

function offeredTools({ tools, tool_choice: choice }: ChatRequest): Set<string> {
  if (choice === 'none') return new Set();
  return new Set((tools ?? []).flatMap((tool) => nameOf(tool) ?? []));
}

function nameOf(tool: unknown): string | undefined {
  const { function: declared } = (tool ?? {}) as { function?: { name?: unknown } };
  return typeof declared?.name === 'string' ? declared.name : undefined;
}
