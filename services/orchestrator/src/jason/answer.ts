import type { JasonAction } from '@aether/contracts/jason';
import type { StateReason } from '@aether/contracts/mission-schemas';
import { isStepCount, streamText, type ModelMessage } from 'ai';
import type { GrowingAnswer } from './growing-answer.js';
import type { JasonMessageRow } from './jason-message.entity.js';
import { modelFailed } from './model-failure.js';
import type { JasonModel } from './model-access.js';
import { jasonTools, type ToolScope } from './tools.js';

/** Model calls in one answer: acts and looks between them. */
const STEPS_MAX = 12;
const timeout = { firstChunkMs: 120_000, chunkMs: 120_000, totalMs: 600_000 };

export interface AnswerOrder {
  readonly jason: JasonModel;
  readonly instructions: string;
  readonly history: readonly JasonMessageRow[];
  readonly scope: ToolScope;
  readonly signal: AbortSignal;
}

/** Lets Jason answer; null where he came to the end or was aborted, else why not. */
export async function answer(
  growing: GrowingAnswer,
  { jason, instructions, history, scope, signal }: AnswerOrder,
): Promise<StateReason | null> {
  const { row } = growing;
  const { stream } = streamText({
    model: jason.model,
    instructions,
    messages: history.map(modelMessage),
    tools: jasonTools(scope),
    stopWhen: isStepCount(STEPS_MAX),
    abortSignal: signal,
    maxRetries: 2,
    timeout,
    // Faults arrive as parts of the stream as well.
    onError: () => undefined,
  });
  for await (const part of stream) {
    switch (part.type) {
      case 'text-delta':
        row.text += part.text;
        break;
      case 'tool-call':
        row.actions = [...row.actions, begun(part.toolCallId, part.toolName, part.input)];
        await growing.action();
        break;
      case 'tool-result':
        await settle(part.toolCallId, { result: String(part.output), isError: false });
        break;
      case 'tool-error': {
        const result = part.error instanceof Error ? part.error.message : String(part.error);
        await settle(part.toolCallId, { result, isError: true });
        break;
      }
      case 'error':
        return modelFailed(part.error);
      case 'abort':
        return signal.aborted ? null : modelFailed(new Error('it took too long'));
      default:
    }
  }
  return null;

  async function settle(id: string, outcome: Pick<JasonAction, 'result' | 'isError'>): Promise<void> {
    row.actions = row.actions.map((action) =>
      action.id === id ? { ...action, ...outcome, missionId: scope.missionId } : action,
    );
    await growing.action();
  }
}

function begun(id: string, name: string, input: unknown): JasonAction {
  return { id, name, input: { ...(input as object) }, result: null, isError: false, missionId: null };
}

/** Earlier acts are told in words: the model needs to know of them, not to see their wire form. */
function modelMessage({ role, text, actions }: JasonMessageRow): ModelMessage {
  if (role === 'user') return { role: 'user', content: text };
  const acts = actions.map(({ name, result }) => `[${name}: ${result ?? 'no result'}]`);
  return { role: 'assistant', content: [...acts, text].filter(Boolean).join('\n') || '(nothing)' };
}
