import { SpanKind, SpanStatusCode, context, trace, type Context as OtelContext } from '@opentelemetry/api';

const tracer = trace.getTracer('@aether/messaging');

/**
 * Runs `work` in a span. Costs next to nothing while no telemetry is configured.
 * `parent` is the sender's trace context on the receiving side.
 */
export async function inSpan<T>(
  name: string,
  options: { kind: SpanKind; parent?: OtelContext; attributes?: Record<string, string> },
  work: () => Promise<T>,
): Promise<T> {
  const { kind, attributes, parent } = options;
  return tracer.startActiveSpan(name, { kind, attributes }, parent ?? context.active(), async (span) => {
    try {
      return await work();
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

export { SpanKind };
