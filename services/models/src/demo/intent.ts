/** What the demo model understands of plain words. */
export type Intent =
  | { readonly kind: 'greet' }
  | { readonly kind: 'count'; readonly to: number }
  | { readonly kind: 'write'; readonly path: string; readonly content: string }
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'ask'; readonly text: string }
  | { readonly kind: 'say'; readonly text: string };

/** Above it in a task of a mission stands what an agent should know; below it, what to do. */
const TASK = '## What to do';
const COUNT_MAX = 1_000;

const GREET = /^(?:hello|hi|hey|good (?:morning|afternoon|evening))(?: there| aether| demo)?[\s.,!]*$/i;
const COUNT = /\bcount (?:up )?to (\d{1,6})\b/i;
const WRITE = /^(?:please )?write ([^\s:]+)\s*:[ \t]*(.*)$/i;
const RUN = /^(?:please )?run\s*:\s*(\S.*)$/i;
const ASK = /^(?:please )?ask\s*:\s*(\S.*)$/i;
const READ = /^(?:please )?read (\S+?)\.?$/i;

/**
 * Intents of a text, in order. Each line may hold one; lines behind a `write` belong to its content until the
 * next request. Lines that ask for nothing are taken together as something said.
 */
export function parseIntents(text: string): Intent[] {
  const intents: Intent[] = [];
  for (const line of (text.split(TASK).at(-1) ?? '').trim().split('\n')) {
    const intent = parseLine(line.trim());
    const last = intents.at(-1);
    if (intent.kind !== 'say') intents.push(intent);
    else if (last?.kind === 'write') intents.splice(-1, 1, { ...last, content: `${last.content}\n${line}` });
    else if (last?.kind === 'say') intents.splice(-1, 1, { ...last, text: `${last.text}\n${line}` });
    else if (intent.text) intents.push(intent);
  }
  return intents;
}

function parseLine(line: string): Intent {
  const [, path, content] = WRITE.exec(line) ?? [];
  if (path !== undefined) return { kind: 'write', path, content: content ?? '' };
  const [, command] = RUN.exec(line) ?? [];
  if (command !== undefined) return { kind: 'run', command };
  const [, question] = ASK.exec(line) ?? [];
  if (question !== undefined) return { kind: 'ask', text: question };
  const [, file] = READ.exec(line) ?? [];
  if (file !== undefined) return { kind: 'read', path: file };
  const [, to] = COUNT.exec(line) ?? [];
  if (to !== undefined) return { kind: 'count', to: Math.min(Number(to), COUNT_MAX) };
  return GREET.test(line) ? { kind: 'greet' } : { kind: 'say', text: line };
}
