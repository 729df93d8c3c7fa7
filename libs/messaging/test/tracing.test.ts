import { ROOT_CONTEXT, TraceFlags, context as otel, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceContext } from '../src/context.js';
import { contextPairs } from '../src/headers.js';
import { newId } from '../src/id.js';
import { sampleCatalog, sampleEvents, sampleRequests, startBus, type Bus } from './bus.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parent = trace.setSpanContext(ROOT_CONTEXT, {
  traceId,
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
});
const activeTrace = () => trace.getActiveSpan()?.spanContext().traceId;

describe('a trace', () => {
  let bus: Bus;
  beforeAll(async () => {
    otel.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    bus = await startBus();
  });
  afterAll(async () => {
    await bus.stop();
    otel.disable();
    propagation.disable();
  });

  it('goes from the caller through the handler and the event to the consumer', async () => {
    const owner = await bus.connect('test', { catalog: sampleCatalog });
    const consumer = await bus.connect('test');
    const seen: Record<string, string | undefined> = {};
    owner.serve(sampleRequests, {
      echo: async ({ text }, context) => {
        seen.handler = activeTrace();
        await owner.publish({
          id: newId(),
          subject: sampleEvents.said.subject,
          headers: contextPairs(context),
          payload: { text },
        });
        return { text };
      },
      wait: () => ({ by: 'owner' }),
    });
    consumer.consume({
      durable: { name: 'listener-traced', events: [sampleEvents.said] },
      handle: async (event) => {
        seen.header = event.headers.traceparent;
        seen.consumer = activeTrace();
      },
      giveUp: async () => undefined,
    });
    owner.start();
    consumer.start();
    await owner.flush();
    await otel.with(parent, () => consumer.call(sampleRequests.echo, { text: 'x' }, serviceContext('test')));
    await eventually(() => expect(seen.consumer).toBe(traceId));
    expect(seen.handler).toBe(traceId);
    expect(seen.header).toContain(traceId);
  });
});
