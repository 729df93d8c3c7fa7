import { MAX_TASKS, type Mission, type StateReason, type Task } from '@aether/contracts/mission-schemas';
import { NoObjectGeneratedError, Output, generateText, type ModelMessage } from 'ai';
import { z } from 'zod';
import type { JasonModel } from './model-access.js';
import { modelFailed } from './model-failure.js';
import { ModelPlan, boundPlan, faultsOf, unknownCapabilities, type Plan } from './plan-schema.js';
import { Prompt } from './prompts.js';

const rules = new Prompt('plan.md', ['maxTasks', 'capabilities']);
const missionPrompt = new Prompt('mission.md', ['goal', 'repository', 'kept', 'previous', 'comment']);
const repair = new Prompt('repair.md', ['faults']);

/** The first answer and one corrected one. */
const ROUNDS = 2;
const CALL_TIMEOUT_MS = 180_000;

export interface PlanOrder {
  readonly mission: Mission;
  readonly tasks: readonly Task[];
  readonly comment: string | null;
  /** Capabilities that agents and templates have. */
  readonly capabilities: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

type RawPlan = z.infer<typeof ModelPlan>;

/** What the model said: a plan by its form, what is wrong with its form, or why it said nothing. */
type Answer =
  | { readonly text: string; readonly plan: RawPlan }
  | { readonly text: string; readonly faults: readonly string[] }
  | { readonly reason: StateReason };

/** Hands a plan to its owner; answers what is wrong with it, or nothing. */
export type Propose = (plan: Plan) => Promise<readonly string[]>;

/** Asks the model for a plan until its owner takes it; the reason where that cannot be had. */
export async function makePlan(
  { model, demo }: JasonModel,
  order: PlanOrder,
  propose: Propose,
): Promise<StateReason | null> {
  const messages: ModelMessage[] = [{ role: 'user', content: describe(order) }];
  let faults: readonly string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const answer = await ask();
    if ('reason' in answer) return answer.reason;
    faults = 'faults' in answer ? answer.faults : await judge(answer.plan);
    if (faults.length === 0) return null;
    messages.push(
      { role: 'assistant', content: answer.text || '(nothing)' },
      { role: 'user', content: repair.render({ faults: faults.map((fault) => `- ${fault}`).join('\n') }) },
    );
  }
  return {
    code: 'plan_invalid',
    cause: `${demo ? 'The demo model' : 'The model'} gave no usable plan, not even when told what was wrong: ${faults.slice(0, 3).join('; ')}.`,
    remedy: 'Say the goal in other words, choose another model, or add the tasks by hand.',
  };

  async function ask(): Promise<Answer> {
    try {
      const { output, text } = await generateText({
        model,
        instructions: rules.render({
          maxTasks: String(MAX_TASKS),
          capabilities: [...order.capabilities].sort().join(', ') || '(none)',
        }),
        messages,
        output: Output.object({ schema: ModelPlan, name: 'mission_plan' }),
        abortSignal: order.signal,
        maxRetries: 2,
        timeout: { totalMs: CALL_TIMEOUT_MS },
      });
      return { text, plan: output };
    } catch (error) {
      if (!NoObjectGeneratedError.isInstance(error)) return { reason: modelFailed(error) };
      return { text: error.text ?? '', faults: whyNoObject(error) };
    }
  }

  async function judge(raw: RawPlan): Promise<readonly string[]> {
    const plan = boundPlan(raw);
    if (!('tasks' in plan)) return plan;
    const unknown = unknownCapabilities(plan, order.capabilities);
    return unknown.length > 0 ? unknown : propose(plan);
  }
}

function whyNoObject({ cause, finishReason }: NoObjectGeneratedError): readonly string[] {
  const inner = cause instanceof Error ? cause.cause : undefined;
  if (inner instanceof z.ZodError) return faultsOf(inner);
  if (finishReason === 'length')
    return ['the answer was cut off at the limit of its length: plan fewer tasks'];
  return [
    'the answer is not JSON of the schema: send only the JSON object, without any text or fence around it',
  ];
}

function describe({ mission, tasks, comment }: PlanOrder): string {
  const line = ({ key, title, state }: Task) => `\n- ${key} (${state}): ${title}`;
  const kept = tasks.filter(({ state }) => state !== 'waiting');
  const previous = tasks.filter(({ state }) => state === 'waiting');
  return missionPrompt.render({
    goal: mission.goal,
    repository: mission.repository ?? 'none; each task works in an empty directory and hands its files over',
    kept: kept.map(line).join('') || 'none',
    previous: previous.map(line).join('') || 'none',
    comment: comment ?? 'nothing yet',
  });
}
