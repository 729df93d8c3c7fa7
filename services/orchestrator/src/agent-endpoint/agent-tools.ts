import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { ContractFailure } from '@aether/contracts/failure';
import { ArtifactName } from '@aether/contracts/mission-artifacts';
import { PlannedTask } from '@aether/contracts/mission-schemas';
import { missionsRequests } from '@aether/contracts/missions';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { AttemptRow } from '../attempts/attempt.entity.js';
import { AttemptRepository } from '../attempts/attempt.repository.js';
import { contextOf } from '../attempts/context.js';
import { Handover } from '../attempts/handover.js';
import { ToolRefusal } from './tool-refusal.js';

/** Acts of one attempt, those told by `Trace` among them, so that an agent that goes round in circles fills nothing. */
const ACTS_MAX = 300;
const TEXT_MAX = 4_000;

const token = z.string().max(200).describe('The task token from your instructions, unchanged.');
const FollowUp = PlannedTask.pick({
  key: true,
  title: true,
  instructions: true,
  requires: true,
  estimateMinutes: true,
});

/** What agents can do in Aether while they work on a task, offered to them by MCP. None of it judges work. */
@Injectable()
export class AgentTools {
  constructor(
    private readonly messaging: Messaging,
    private readonly attempts: AttemptRepository,
    private readonly handover: Handover,
  ) {}

  /** For one exchange: calls know no session. */
  server(): McpServer {
    const server = new McpServer({ name: 'aether', version: '1.0.0' });
    server.registerTool(
      'report_progress',
      {
        description:
          'Tell the people who follow your task, in one or two sentences, what you have done or found. Use it at milestones.',
        inputSchema: { task_token: token, text: z.string().trim().min(1).max(TEXT_MAX) },
      },
      ({ task_token, text }) => this.as(task_token, (attempt) => this.progress(attempt, text)),
    );
    server.registerTool(
      'ask_person',
      {
        description:
          'Ask a person what you cannot decide or find out yourself. End your turn right after it: the answer comes as the next message.',
        inputSchema: { task_token: token, question: z.string().trim().min(1).max(TEXT_MAX) },
      },
      ({ task_token, question }) => this.as(task_token, (attempt) => this.ask(attempt, question)),
    );
    server.registerTool(
      'hand_over_artifact',
      {
        description:
          'Keep a file that is a result of your task but does not belong into the repository, such as a report or a picture. Give its content, or the path of a file in your directory.',
        inputSchema: {
          task_token: token,
          name: ArtifactName.describe('What people will see it as.'),
          content: z.string().max(1_000_000).optional(),
          path: z.string().min(1).max(1_000).optional().describe('Relative to your directory.'),
        },
      },
      ({ task_token, ...file }) =>
        this.as(task_token, async (attempt) => {
          await this.handover.one(attempt, file);
          return `"${file.name}" is kept.`;
        }),
    );
    server.registerTool(
      'propose_task',
      {
        description:
          'Propose a task that should follow yours and is not part of it. Somebody else decides and does it; do not do it yourself.',
        inputSchema: { task_token: token, ...FollowUp.shape },
      },
      ({ task_token, ...task }) => this.as(task_token, (attempt) => this.propose(attempt, task)),
    );
    return server;
  }

  private async progress(attempt: AttemptRow, text: string): Promise<string> {
    const { missionId: id, taskId, agent } = attempt;
    const author = { type: 'agent' as const, id: attempt.id, name: agent.name };
    await this.messaging.call(
      missionsRequests.addEntry,
      { id, taskId, kind: 'progress', author, text },
      contextOf(attempt),
    );
    return 'Told.';
  }

  private async ask(attempt: AttemptRow, question: string): Promise<string> {
    await this.attempts.putQuestion(attempt.id, question);
    return 'Your question is passed on. End your turn now; the answer will be your next message.';
  }

  private async propose(attempt: AttemptRow, task: z.infer<typeof FollowUp>): Promise<string> {
    const { missionId, taskId, agent } = attempt;
    const { added } = await this.messaging.call(
      missionsRequests.proposeTask,
      { ...task, missionId, taskId, attemptId: attempt.id, agentName: agent.name },
      contextOf(attempt, `propose-${task.key}`),
    );
    return added
      ? `The task "${task.key}" is part of the mission now and begins when yours is accepted.`
      : `The task "${task.key}" is proposed; a person decides.`;
  }

  /** Runs for the attempt that the token stands for; what cannot be done is told as the tool's answer. */
  private async as(
    taskToken: string,
    work: (attempt: AttemptRow) => Promise<string>,
  ): Promise<CallToolResult> {
    try {
      const attempt = await this.attempts.atWork(taskToken);
      if (!attempt) return answer(UNKNOWN, { isError: true });
      if (!(await this.attempts.countAct(attempt.id, ACTS_MAX))) return answer(ENOUGH, { isError: true });
      return answer(await work(attempt));
    } catch (error) {
      if (error instanceof ToolRefusal) return answer(error.message, { isError: true });
      if (error instanceof ContractFailure)
        return answer(`${error.message} ${error.hint}`, { isError: true });
      throw error;
    }
  }
}

const UNKNOWN =
  'This task token is not of a task you work on now. Use the one from your instructions, unchanged.';
const ENOUGH = 'You have used these tools often enough for one task: finish it.';

function answer(text: string, { isError = false } = {}): CallToolResult {
  return { content: [{ type: 'text', text }], isError };
}
