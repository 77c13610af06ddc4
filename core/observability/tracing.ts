/**
 * Traces, where somebody wants them: spans of requests, jobs, steps of workflows and calls of models, made where we do these things and
 * not by changing other packages. Off by default; then nothing of OpenTelemetry is loaded, and every call here is a plain call.
 */
import type { Logger } from './log.ts';
import type { OpenSpan, Tracing } from './spans.ts';
import type { TracingConfig } from './tracing-config.ts';

export type { Tracing } from './spans.ts';

const NO_SPAN: OpenSpan = { set() {}, fail() {} };

export const NO_TRACING: Tracing = {
  isOn: false,
  span: (_name, _options, work) => work(NO_SPAN),
  traceparent: () => null,
  start: async () => {},
  stop: async () => {},
};

export function createTracing(config: TracingConfig, version: string, log: Logger): Tracing {
  const { url } = config;
  if (url === null) return NO_TRACING;
  let spans: Pick<Tracing, 'span' | 'traceparent' | 'stop'> | null = null;
  return {
    isOn: true,
    span: (name, options, work) => (spans ?? NO_TRACING).span(name, options, work),
    traceparent: () => spans?.traceparent() ?? null,
    async start() {
      const { openTelemetry } = await import('./open-telemetry.ts');
      spans = openTelemetry({ ...config, url }, version, log);
    },
    async stop() {
      await spans?.stop();
      spans = null;
    },
  };
}
