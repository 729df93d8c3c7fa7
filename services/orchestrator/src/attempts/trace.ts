import type { Approval } from '@aether/contracts/approvals';
import { missionsRequests } from '@aether/contracts/missions';
import type { ToolCall } from '@aether/contracts/openclaw';
import type { ThreadEntry } from '@aether/contracts/mission-schemas';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import type { AttemptRow } from './attempt.entity.js';
import { AttemptRepository } from './attempt.repository.js';
import { contextOf } from './context.js';

const OWN = 'aether__';
const LINE_MAX = 300;
const RESULT_MAX = 1_000;
/** Of one attempt; fewer than all its acts, so that its own words still find room. */
const TOOLS_MAX = 200;

const VERDICT: Readonly<Record<Approval['state'], string>> = {
  pending: 'waits for an answer',
  allowed: 'may be run once',
  denied: 'was denied',
  expired: 'was not answered in time',
};

/** Tells the thread of a mission what its agents do: which tools they used, and what they ask leave for. */
@Injectable()
export class Trace {
  constructor(
    private readonly messaging: Messaging,
    private readonly attempts: AttemptRepository,
  ) {}

  async tool(chatId: string, { id, name, args, result, isError }: ToolCall): Promise<void> {
    const attempt = await this.attempts.openOfChat(chatId);
    if (!attempt || isOwnTool(name, args)) return;
    if (!(await this.attempts.countAct(attempt.id, TOOLS_MAX))) return;
    await this.add(attempt, `tool-${id}`, {
      kind: 'progress',
      text: `${name} ${subjectOf(args)}`.trim().slice(0, LINE_MAX),
      data: { tool: name, args, isError, result: result?.slice(0, RESULT_MAX) ?? null },
    });
  }

  async approvalRequested(approval: Approval): Promise<void> {
    const attempt = await this.attempts.openOfChat(approval.chatId);
    if (!attempt) return;
    await this.add(attempt, `approval-${approval.id}`, {
      kind: 'approval',
      text: `Asks to run \`${approval.command}\`.`.slice(0, RESULT_MAX),
      data: { approval },
    });
  }

  async approvalDecided(approval: Approval): Promise<void> {
    const attempt = await this.attempts.openOfChat(approval.chatId);
    if (!attempt) return;
    await this.add(attempt, `approval-${approval.id}-${approval.state}`, {
      kind: 'decision',
      text: `\`${approval.command}\` ${VERDICT[approval.state]}.`.slice(0, RESULT_MAX),
      data: { approval },
    });
  }

  /** Once for each act: events come more than once. */
  private async add(
    attempt: AttemptRow,
    act: string,
    entry: Pick<ThreadEntry, 'kind' | 'text' | 'data'>,
  ): Promise<void> {
    const { missionId: id, taskId, agent } = attempt;
    const author = { type: 'agent' as const, id: attempt.id, name: agent.name };
    await this.messaging.call(
      missionsRequests.addEntry,
      { id, taskId, author, ...entry },
      contextOf(attempt, act),
    );
  }
}

/** What Aether's own tools do is in the thread already; they are called by their names, or by the tool that calls others. */
function isOwnTool(name: string, args: unknown): boolean {
  const called = name === 'tool_call' ? (args as { id?: unknown } | null)?.id : name;
  return typeof called === 'string' && called.startsWith(OWN);
}

/** What a tool was used on, as far as its arguments say so in the usual words. */
function subjectOf(args: unknown): string {
  if (typeof args !== 'object' || args === null) return '';
  const { command, path, file_path, query, url } = args as Record<string, unknown>;
  const subject = [command, path, file_path, query, url].find((value) => typeof value === 'string');
  return subject?.split('\n')[0] ?? '';
}
