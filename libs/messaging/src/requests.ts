import type {
  CallInputOf,
  ErrorCodeOf,
  InputOf,
  OutputOf,
  RequestContract,
} from '@aether/contracts/contract';
import { ownerOf } from '@aether/contracts/contract';
import { type ContractFailure, commonFailure, failure, type FailureFields } from '@aether/contracts/failure';
import {
  NoRespondersError,
  RequestError,
  TimeoutError,
  type Msg,
  type NatsConnection,
  type Subscription,
} from '@nats-io/nats-core';
import PQueue from 'p-queue';
import { runInContext, type Context } from './context.js';
import { decodeFailure, encodeFailure, issuesOf, toFailure } from './error-reply.js';
import { contextPairs, readContext, readTrace, toHeaders } from './headers.js';
import { SpanKind, inSpan } from './tracing.js';

/** What a handler is given beside its input: the caller's context, and the contract's own errors. */
export interface RequestContext<C extends RequestContract = RequestContract> extends Context {
  /** Builds a failure with a code the contract lists; any other does not compile. */
  fail(this: void, code: ErrorCodeOf<C>, fields?: FailureFields): ContractFailure;
}

/** What code that serves several requests needs of their contexts: the codes all of them list. */
export interface Refusing<Code extends string> extends Context {
  fail(this: void, code: Code, fields?: FailureFields): ContractFailure;
}

/** One handler for every request of a catalog: one missing, or one with a wrong reply, does not compile. */
export type RequestHandlers<R extends Readonly<Record<string, RequestContract>>> = {
  readonly [K in keyof R]: (
    input: InputOf<R[K]>,
    context: RequestContext<R[K]>,
  ) => Promise<OutputOf<R[K]>> | OutputOf<R[K]>;
};

export interface RequestLimits {
  /** Handlers at work at once. Default 64. */
  readonly concurrency?: number;
  /** Requests waiting for a handler; one more is answered `overloaded` at once. Default 1 024. */
  readonly waitingMax?: number;
}

/** The instance that a request was passed on to is not there; nothing of the request was done. */
export class InstanceGone extends Error {
  override readonly name = 'InstanceGone';
}

/** Subject of a request to one instance of its owner: the contract's own with the instance behind it. */
const instanceSubject = ({ subject }: RequestContract, instance: string) => `${subject}.${instance}`;

/** Every subject by which the instances of an owner pass requests on. */
export const instanceSubjects = (owner: string) => `req.${owner}.*.*.*`;

/** Told of every failure that is ours rather than the caller's. */
export type ReportFault = (error: unknown, about: { subject: string }) => void;

/**
 * Sends a request and waits for the owner's reply. Throws `ContractFailure`: what the contract declares, or
 * `invalid_input` (before sending), `unavailable` (no owner, no NATS), `timeout`, `internal`. To one `instance` of the
 * owner it is passed on instead, and `InstanceGone` is thrown where that is not there.
 */
export async function callRequest<C extends RequestContract>(
  connection: NatsConnection,
  contract: C,
  { input, context, instance }: { input: CallInputOf<C>; context: Context; instance?: string },
): Promise<OutputOf<C>> {
  const parsed = contract.input.safeParse(input);
  if (!parsed.success) throw commonFailure('invalid_input', { issues: issuesOf(parsed.error) });
  const payload = JSON.stringify(parsed.data);
  const limit = connection.info?.max_payload;
  if (limit && Buffer.byteLength(payload) > limit)
    throw commonFailure('payload_too_large', { detail: `A request may have ${limit} bytes.` });
  return inSpan(
    `call ${contract.subject}`,
    { kind: SpanKind.CLIENT, attributes: { 'messaging.destination.name': contract.subject } },
    async () => {
      const reply = await send(connection, contract, { payload, context, instance });
      const refused = decodeFailure(contract, reply.headers, () => reply.json());
      if (refused) throw refused;
      const output = contract.output.safeParse(reply.json());
      if (output.success) return output.data as OutputOf<C>;
      throw commonFailure('internal', {
        cause: new Error(`reply of ${contract.subject} does not fit its contract`, { cause: output.error }),
      });
    },
  );
}

async function send(
  connection: NatsConnection,
  contract: RequestContract,
  { payload, context, instance }: { payload: string; context: Context; instance: string | undefined },
): Promise<Msg> {
  const subject = instance === undefined ? contract.subject : instanceSubject(contract, instance);
  try {
    return await connection.request(subject, payload, {
      timeout: contract.timeoutMs,
      headers: toHeaders(contextPairs(context)),
    });
  } catch (cause) {
    const owner = ownerOf(contract);
    if (cause instanceof TimeoutError)
      throw commonFailure('timeout', {
        detail: `${owner} did not answer within ${contract.timeoutMs / 1000} s.`,
        cause,
      });
    const nobody =
      cause instanceof NoRespondersError || (cause instanceof RequestError && cause.isNoResponders());
    if (nobody && instance !== undefined) throw new InstanceGone(`no ${owner} "${instance}"`, { cause });
    throw commonFailure('unavailable', {
      detail: nobody ? `The service "${owner}" is not running.` : `The message bus is not reachable.`,
      retryAfterS: 2,
      cause,
    });
  }
}

/** Serves one owner's requests with a bound on work at once, and drains without losing an accepted one. */
export class RequestServer {
  private readonly subscriptions: Subscription[] = [];
  private readonly queue: PQueue;
  private readonly waitingMax: number;

  constructor(
    private readonly connection: NatsConnection,
    private readonly reportFault: ReportFault,
    limits: RequestLimits = {},
  ) {
    this.queue = new PQueue({ concurrency: limits.concurrency ?? 64 });
    this.waitingMax = limits.waitingMax ?? 1_024;
  }

  /**
   * Subscribes in the owner's queue group, so that several instances share the work; with `instance` to what is passed
   * on to that one.
   */
  serve<R extends Readonly<Record<string, RequestContract>>>(
    requests: R,
    handlers: RequestHandlers<R>,
    instance?: string,
  ): void {
    for (const [name, contract] of Object.entries(requests)) {
      const handler = handlers[name] as RequestHandlers<Record<string, RequestContract>>[string];
      this.subscriptions.push(
        this.connection.subscribe(instance ? instanceSubject(contract, instance) : contract.subject, {
          ...(instance ? {} : { queue: ownerOf(contract) }),
          callback: (error, message) => {
            if (error) this.reportFault(error, contract);
            else this.admit(contract, handler, message);
          },
        }),
      );
    }
  }

  private admit(
    contract: RequestContract,
    handler: RequestHandlers<Record<string, RequestContract>>[string],
    message: Msg,
  ): void {
    if (this.queue.size >= this.waitingMax) {
      this.refuse(message, commonFailure('overloaded', { retryAfterS: 1 }));
      return;
    }
    void this.queue.add(async () => {
      try {
        const output = await this.handle(contract, handler, message);
        message.respond(JSON.stringify(output));
      } catch (error) {
        const failed = toFailure(error);
        if (failed.status >= 500) this.reportFault(failed.cause ?? failed, contract);
        this.refuse(message, failed);
      }
    });
  }

  private async handle(
    contract: RequestContract,
    handler: RequestHandlers<Record<string, RequestContract>>[string],
    message: Msg,
  ): Promise<unknown> {
    const context = readContext(message.headers);
    return inSpan(
      `serve ${contract.subject}`,
      { kind: SpanKind.SERVER, parent: readTrace(message.headers) },
      () =>
        runInContext(context, async () => {
          const input = contract.input.safeParse(parseJson(message));
          if (!input.success) throw commonFailure('invalid_input', { issues: issuesOf(input.error) });
          const output = await handler(input.data, {
            ...context,
            fail: (code, fields) => failure(contract, code, fields),
          });
          return contract.output.parse(output);
        }),
    );
  }

  private refuse(message: Msg, failed: ContractFailure): void {
    const { pairs, body } = encodeFailure(failed);
    message.respond(JSON.stringify(body), { headers: toHeaders(pairs) });
  }

  /** Takes no new request, and returns when every accepted one is answered. */
  async drain(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.drain()));
    await this.queue.onIdle();
  }
}

function parseJson(message: Msg): unknown {
  try {
    return message.json();
  } catch {
    throw commonFailure('invalid_input', { detail: 'The request body is not JSON.' });
  }
}
