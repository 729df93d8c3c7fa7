import { MAX_TASKS, PlannedTask } from '@aether/contracts/mission-schemas';
import { z } from 'zod';

/**
 * What a model is asked for. Every field is required and unbounded here, since strict modes of providers know
 * neither defaults nor bounds; `PlannedTask` sets those right afterwards.
 */
export const ModelPlan = z.object({
  title: z.string().describe('The mission in a few words.'),
  note: z.string().describe('To the person: why this plan, and what is uncertain.'),
  tasks: z.array(
    z.object({
      key: z.string(),
      title: z.string(),
      instructions: z.string(),
      requires: z.array(z.string()),
      prefers: z.array(z.string()),
      checks: z.array(z.object({ name: z.string(), command: z.string() })),
      estimateMinutes: z.number().int(),
      dependsOn: z.array(z.string()),
    }),
  ),
});

const Plan = z.object({
  title: z.string().trim().max(160).catch(''),
  note: z.string().max(10_000),
  tasks: z.array(PlannedTask).min(1, 'there is no task').max(MAX_TASKS),
});
export type Plan = z.infer<typeof Plan>;

/** At most so many faults are told to the model: more would only confuse it. */
const FAULTS_MAX = 20;

/** A plan within its bounds, or what is wrong with it, in words for the model. */
export function boundPlan(plan: z.infer<typeof ModelPlan>): Plan | readonly string[] {
  const parsed = Plan.safeParse(plan);
  return parsed.success ? parsed.data : faultsOf(parsed.error);
}

export function faultsOf({ issues }: z.ZodError): readonly string[] {
  return issues.slice(0, FAULTS_MAX).map(({ path, message }) => `${path.join('.') || 'plan'}: ${message}`);
}

/** Capabilities the plan asks for and nobody has. */
export function unknownCapabilities(plan: Plan, known: ReadonlySet<string>): readonly string[] {
  return plan.tasks.flatMap(({ key, requires }) =>
    requires
      .filter((name) => !known.has(name))
      .map((name) => `tasks.${key}.requires: no agent and no template has the capability "${name}"`),
  );
}
