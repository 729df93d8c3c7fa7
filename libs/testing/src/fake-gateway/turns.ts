import type { Row, Session, Sessions } from './sessions.js';

/** What the agent does next in a turn. */
export type TurnStep =
  /** Adds to the answer: one delta. */
  | { readonly text: string }
  /** Calls a tool and is given its result. */
  | { readonly tool: { name: string; args: unknown; result: string; isError?: boolean } }
  /** Ends the turn as failed. */
  | { readonly error: string };

interface TurnRequest {
  readonly runId: string;
  readonly message: string;
  readonly session: Readonly<Session>;
  /** Aborted when the turn is. */
  readonly signal: AbortSignal;
}

/** Plays the agent. A turn ends with its last step; an async generator decides when each comes. */
export type TurnScript = (turn: TurnRequest) => AsyncIterable<TurnStep> | Iterable<TurnStep>;

/** Who hears of an event. */
type Audience = 'sender' | 'subscribers' | 'watchers';
export type Publish = (event: {
  name: string;
  payload: Readonly<Record<string, unknown>>;
  audience: Audience;
  sessionKey: string;
  sender?: object;
}) => void;

interface Run {
  readonly runId: string;
  readonly session: Session;
  readonly startedAt: number;
  readonly abort: AbortController;
  /** The connection that sent the turn. */
  readonly sender: object;
  seq: number;
  text: string;
}

const USAGE = { input: 100, output: 10, cacheRead: 0, cacheWrite: 0, totalTokens: 110 };

/** Runs turns and tells of them as the real gateway does, event by event. */
export class Turns {
  /** Whether the last event of every turn is sent twice. */
  repeatTerminal = false;
  /** What each answer of the model is said to cost, in US dollars. */
  costUsd = 0;
  /** By run id; forgotten when the gateway crashes. */
  private readonly outcomes = new Map<string, 'in_flight' | 'ok'>();
  private readonly running = new Map<string, Run>();

  constructor(
    private readonly sessions: Sessions,
    private readonly publish: Publish,
    public script: TurnScript,
  ) {}

  runOf(session: Session): Run | undefined {
    return [...this.running.values()].find((run) => run.session === session);
  }

  find(runId: string): Run | undefined {
    return this.running.get(runId);
  }

  send(session: Session, request: { runId: string; message: string; sender: object }) {
    const { runId, message, sender } = request;
    const known = this.outcomes.get(runId);
    if (known) return { runId, status: known };
    const busy = this.runOf(session);
    const run = {
      runId,
      session,
      sender,
      startedAt: Date.now(),
      abort: new AbortController(),
      seq: 0,
      text: '',
    };
    const said = { role: 'user' as const, content: message, idempotencyKey: `${runId}:user` };
    if (busy) {
      // Steered into the turn under way, so this one has nothing to say of its own.
      this.outcomes.set(runId, 'ok');
      this.row(run, this.sessions.append(session, said));
      setImmediate(() => this.chat(run, { state: 'final', stopReason: 'stop' }));
    } else {
      this.outcomes.set(runId, 'in_flight');
      this.running.set(runId, run);
      // After the response, as the real gateway does.
      setImmediate(() => void this.play(run, message, said));
    }
    return { runId, status: 'started' };
  }

  abort(session: Session, runId?: string): string[] {
    const runs = [...this.running.values()].filter(
      (run) => run.session === session && (runId === undefined || run.runId === runId),
    );
    for (const run of runs) this.cancel(run);
    return runs.map((run) => run.runId);
  }

  /** Drops everything that a killed process forgets, without a word. */
  forget(): void {
    for (const run of this.running.values()) run.abort.abort();
    this.running.clear();
    this.outcomes.clear();
  }

  private async play(run: Run, message: string, said: Omit<Row, '__openclaw' | 'timestamp'>): Promise<void> {
    this.status(run, 'preparing_workspace');
    this.status(run, 'preparing_context');
    this.row(run, this.sessions.append(run.session, said));
    this.agent(run, 'lifecycle', { phase: 'start', startedAt: run.startedAt });
    this.status(run, 'starting_model');
    const { session, runId } = run;
    try {
      for await (const step of this.script({ runId, message, session, signal: run.abort.signal })) {
        if (run.abort.signal.aborted) return;
        if ('error' in step) return this.fail(run, step.error);
        if ('text' in step) this.say(run, step.text);
        else this.callTool(run, step.tool);
      }
      if (!run.abort.signal.aborted) this.finish(run);
    } catch (error) {
      if (!run.abort.signal.aborted) this.fail(run, String(error));
    }
  }

  private say(run: Run, text: string): void {
    run.text += text;
    this.agent(run, 'assistant', { text: run.text, delta: text, itemId: `${run.runId}:1` });
    this.chat(run, { state: 'delta', deltaText: text, message: answer(run.text) }, run.seq);
  }

  private callTool(run: Run, tool: { name: string; args: unknown; result: string; isError?: boolean }): void {
    const { name, args, isError = false } = tool;
    const toolCallId = `call_${run.seq}`;
    const call = { type: 'toolCall', id: toolCallId, name, arguments: args };
    this.assistantRow(run, [call], { stopReason: 'toolUse', usage: this.usage });
    const item = { itemId: `tool:${toolCallId}`, toolCallId, name, kind: 'tool', title: name };
    this.agent(run, 'item', { ...item, phase: 'start', status: 'running' });
    this.tool(run, { phase: 'start', name, toolCallId, args });
    const content = [{ type: 'text', text: tool.result }];
    this.tool(run, { phase: 'result', name, toolCallId, isError, result: { content } });
    this.agent(run, 'item', { ...item, phase: 'end', status: isError ? 'failed' : 'completed' });
    const result = { role: 'toolResult' as const, toolCallId, toolName: name, content, isError };
    this.row(run, this.sessions.append(run.session, result, run.runId));
  }

  private finish(run: Run): void {
    this.end(run);
    this.agent(run, 'usage', { outputTokens: USAGE.output });
    this.assistantRow(run, answer(run.text).content, { stopReason: 'stop', usage: this.usage });
    this.agent(run, 'lifecycle', { phase: 'finishing', stopReason: 'stop', aborted: false });
    this.agent(run, 'lifecycle', { phase: 'end', stopReason: 'stop', aborted: false });
    this.terminal(run, { state: 'final', stopReason: 'stop', message: answer(run.text) });
  }

  private fail(run: Run, errorMessage: string): void {
    this.end(run);
    this.agent(run, 'lifecycle', { phase: 'error', error: errorMessage });
    this.terminal(run, { state: 'error', errorMessage, errorDetail: { provider: 'aether', model: 'fake' } });
    // The real gateway reports a failed run twice.
    this.publishChat(run, {
      runId: run.runId,
      sessionKey: run.session.key,
      seq: 1,
      state: 'error',
      errorMessage: `Agent failed before reply: ${errorMessage}`,
    });
  }

  private cancel(run: Run): void {
    run.abort.abort();
    this.end(run);
    this.terminal(run, { state: 'aborted', stopReason: 'rpc', message: answer(run.text) });
    this.assistantRow(run, answer(run.text).content, {
      stopReason: 'stop',
      provider: 'openclaw',
      model: 'gateway-injected',
      usage: { ...this.usage, input: 0, output: 0, totalTokens: 0 },
      idempotencyKey: `${run.runId}:assistant`,
      openclawAbort: { aborted: true, origin: 'rpc', runId: run.runId },
    });
  }

  private end(run: Run): void {
    this.running.delete(run.runId);
    this.outcomes.set(run.runId, 'ok');
  }

  private get usage() {
    const cost = { input: 0, output: this.costUsd, cacheRead: 0, cacheWrite: 0, total: this.costUsd };
    return { ...USAGE, cost };
  }

  private assistantRow(run: Run, content: unknown, more: Readonly<Record<string, unknown>>): void {
    const row = { role: 'assistant' as const, content, provider: 'aether', model: 'fake', ...more };
    this.row(run, this.sessions.append(run.session, row, run.runId));
  }

  private row(run: Run, message: Row): void {
    const { key: sessionKey, agentId } = run.session;
    const { id: messageId, seq: messageSeq } = message.__openclaw;
    const payload = { sessionKey, agentId, message, messageId, messageSeq };
    this.publish({ name: 'session.message', payload, audience: 'subscribers', sessionKey });
  }

  private status(run: Run, phase: string): void {
    this.agent(run, 'run_status', { phase });
    this.chat(run, { state: 'status', phase }, run.seq);
  }

  private terminal(run: Run, payload: Readonly<Record<string, unknown>>): void {
    this.chat(run, payload);
    if (this.repeatTerminal) this.chat(run, payload, run.seq);
  }

  private chat(run: Run, payload: Readonly<Record<string, unknown>>, seq = ++run.seq): void {
    const { runId, session } = run;
    this.publishChat(run, { runId, sessionKey: session.key, agentId: session.agentId, seq, ...payload });
  }

  private publishChat(run: Run, payload: Readonly<Record<string, unknown>>): void {
    this.publish({ name: 'chat', payload, audience: 'watchers', sessionKey: run.session.key });
  }

  private agent(run: Run, stream: string, data: unknown): void {
    const payload = this.agentPayload(run, stream, data);
    this.publish({ name: 'agent', payload, audience: 'watchers', sessionKey: run.session.key });
  }

  /** The sender is told in detail; subscribers hear of it under another name. */
  private tool(run: Run, data: unknown): void {
    const payload = this.agentPayload(run, 'tool', data);
    const { sender, session } = run;
    this.publish({ name: 'agent', payload, audience: 'sender', sessionKey: session.key, sender });
    this.publish({ name: 'session.tool', payload, audience: 'subscribers', sessionKey: session.key, sender });
  }

  private agentPayload(run: Run, stream: string, data: unknown) {
    const { key: sessionKey, agentId, sessionId } = run.session;
    run.seq += 1;
    return { runId: run.runId, stream, data, sessionKey, sessionId, agentId, seq: run.seq, ts: Date.now() };
  }
}

function answer(text: string) {
  return { role: 'assistant', content: [{ type: 'text', text }], timestamp: Date.now() };
}
