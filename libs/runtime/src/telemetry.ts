import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';

let running: NodeSDK | undefined;

/**
 * Exports traces by OTLP over HTTP to `endpoint` (a collector's base address). Call once a process, before
 * anything connects. Returns what flushes and stops it.
 */
export function startTelemetry(serviceName: string, endpoint: string): () => Promise<void> {
  if (!running) {
    const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
    running = new NodeSDK({
      serviceName,
      traceExporter: new OTLPTraceExporter({ url }),
      instrumentations: [
        new PgInstrumentation({ requireParentSpan: true }),
        new UndiciInstrumentation({
          ignoreRequestHook: (request) => `${request.origin}${request.path}` === url,
        }),
      ],
      metricReaders: [],
      logRecordProcessors: [],
    });
    running.start();
  }
  const sdk = running;
  return async () => {
    running = undefined;
    await sdk.shutdown();
  };
}
