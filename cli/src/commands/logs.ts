import { LogLine } from '@aether/contracts/deployer';
import { Slug } from '@aether/contracts/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { followTopic } from '../live.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { plainText } from '../view/plain-text.js';

const PAGE = 2_000;

export function addLogs(program: Command): void {
  addCommand(program, {
    usage: 'logs <name>',
    summary: 'show what the steps and the process of an agent wrote',
    flags: [
      ['-f, --follow', 'go on as lines come'],
      ['-n, --lines <count>', 'how many of the last lines to begin with (default: 200)'],
      ['--source <source>', 'only `step` or `process`'],
      ['--raw', 'with the lines that are hidden as noise'],
    ],
    examples: ['npx aether logs first', 'npx aether logs first -f', 'npx aether logs first --raw --json'],
    input: z.object({
      name: Slug,
      follow: z.boolean().default(false),
      lines: z.coerce.number().int().min(1).max(100_000).default(200),
      source: LogLine.shape.source.optional(),
      raw: z.boolean().default(false),
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { name, source, raw } = input;
      const { id } = await api.call('GET /api/v1/deployments/{id}', { id: name });
      const { lines, lastSeq } = await readLastLines(api, { id, source, raw, count: input.lines });
      terminal.answer({ lines, lastSeq }, () => {
        for (const line of lines) printLine(terminal, line);
      });
      // One document is one document: with --json the lines so far are the answer.
      if (!input.follow || terminal.json) return;
      const stop = new AbortController();
      process.once('SIGINT', () => stop.abort());
      const after = String(lastSeq);
      const topic = `logs/${id}`;
      for await (const followed of followTopic({ target: api.target, topic, after, signal: stop.signal })) {
        const line = LogLine.safeParse(followed.kind === 'frame' ? followed.data : null);
        if (line.success && (!source || line.data.source === source)) printLine(terminal, line.data);
      }
    },
  });
}

async function readLastLines(
  api: Api,
  query: { id: string; source?: LogLine['source']; raw: boolean; count: number },
): Promise<{ lines: LogLine[]; lastSeq: number }> {
  const { count, ...filter } = query;
  const end = await api.call('GET /api/v1/deployments/{id}/logs', { ...filter, limit: 1 });
  let lines: LogLine[] = [];
  // Hidden lines take numbers too, so the window is widened until it holds enough, or everything.
  for (let window = count; lines.length < count; window *= 4) {
    const first = Math.max(0, end.lastSeq - window);
    lines = await readFrom(api, { ...filter, after: first });
    if (first === 0) break;
  }
  const shown = lines.slice(-count);
  return { lines: shown, lastSeq: Math.max(end.lastSeq, shown.at(-1)?.seq ?? 0) };
}

async function readFrom(
  api: Api,
  query: { id: string; source?: LogLine['source']; raw: boolean; after: number },
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for (;;) {
    const after = lines.at(-1)?.seq ?? query.after;
    const page = await api.call('GET /api/v1/deployments/{id}/logs', { ...query, after, limit: PAGE });
    lines.push(...page.lines);
    if (!page.more || page.lines.length === 0) return lines;
  }
}

function printLine(terminal: Terminal, line: LogLine): void {
  const { colours } = terminal;
  const paint = {
    step: colours.cyan,
    info: (text: string) => text,
    warn: colours.yellow,
    error: colours.red,
  }[line.level];
  const time = new Date(line.at).toTimeString().slice(0, 8);
  terminal.line(`${colours.dim(`${time} ${line.source.padEnd(7)}`)} ${paint(plainText(line.text))}`);
}
