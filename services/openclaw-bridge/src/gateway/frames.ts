import { z } from 'zod';

/** The parts of the gateway's frames that are read here; everything else may change without harm. */

const Block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  /** Of a block that calls a tool. */
  id: z.string().optional(),
  name: z.string().optional(),
  arguments: z.unknown().optional(),
});
export const GatewayMessage = z.looseObject({
  role: z.string().optional(),
  content: z.union([z.string(), z.array(Block)]).optional(),
});

export const ChatEvent = z.looseObject({
  runId: z.string(),
  sessionKey: z.string(),
  state: z.enum(['status', 'delta', 'final', 'aborted', 'error']),
  phase: z.string().optional(),
  stopReason: z.string().optional(),
  deltaText: z.string().optional(),
  replace: z.boolean().optional(),
  message: GatewayMessage.optional(),
  errorMessage: z.string().optional(),
});
export type ChatEvent = z.infer<typeof ChatEvent>;

export const ToolEvent = z.looseObject({
  runId: z.string(),
  sessionKey: z.string(),
  stream: z.literal('tool'),
  data: z.looseObject({
    phase: z.string(),
    name: z.string().optional(),
    toolCallId: z.string(),
    args: z.unknown().optional(),
    result: z.unknown().optional(),
    isError: z.boolean().optional(),
  }),
});
export type ToolEvent = z.infer<typeof ToolEvent>;

const HistoryRow = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.array(Block)]).optional(),
  idempotencyKey: z.string().optional(),
  stopReason: z.string().optional(),
  /** Of a row that keeps what an aborted run had said. */
  openclawAbort: z.looseObject({}).optional(),
  timestamp: z.number().optional(),
  /** Of a row with what the model said. */
  provider: z.string().optional(),
  model: z.string().optional(),
  responseId: z.string().optional(),
  usage: z
    .looseObject({
      /** Without what was cached. */
      input: z.number().optional(),
      output: z.number().optional(),
      cacheRead: z.number().optional(),
      cacheWrite: z.number().optional(),
      totalTokens: z.number().optional(),
      cost: z.looseObject({ total: z.number().optional() }).optional(),
    })
    .optional(),
  /** Of a row with the result of a tool. */
  toolCallId: z.string().optional(),
  isError: z.boolean().optional(),
});
export type HistoryRow = z.infer<typeof HistoryRow>;

export const History = z.looseObject({
  sessionId: z.string().optional(),
  messages: z.array(HistoryRow).default([]),
  sessionInfo: z.looseObject({ hasActiveRun: z.boolean().optional() }).optional(),
  inFlightRun: z.looseObject({ runId: z.string(), text: z.string().optional() }).nullish(),
});
export type History = z.infer<typeof History>;

/** Where and how a session works, as the gateway has taken it. */
export const SessionAnswer = z.looseObject({
  sessionId: z.string().optional(),
  entry: z
    .looseObject({ spawnedCwd: z.string().optional(), permissionMode: z.string().optional() })
    .optional(),
});
export const SendAnswer = z.looseObject({ status: z.string().optional() });
export const AbortAnswer = z.looseObject({ aborted: z.boolean().optional() });

export const AgentList = z.looseObject({
  agents: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string().optional(),
      workspace: z.string().optional(),
      model: z.union([z.string(), z.looseObject({ primary: z.string().optional() })]).nullish(),
    }),
  ),
});

/** The model an agent asks for first, as its gateway names it; null where the gateway does not tell. */
export function modelOf({ model }: z.infer<typeof AgentList>['agents'][number]): string | null {
  return typeof model === 'string' ? model : (model?.primary ?? null);
}

export const SkillStatus = z.looseObject({
  skills: z.array(
    z.looseObject({
      name: z.string(),
      source: z.string().optional(),
      eligible: z.boolean().default(false),
      disabled: z.boolean().default(false),
    }),
  ),
});

/** The text of a message, whichever way its content is written. */
export function textOf(message: z.infer<typeof GatewayMessage> | undefined): string {
  const content = message?.content;
  if (typeof content === 'string') return content;
  return (content ?? []).map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join('');
}
