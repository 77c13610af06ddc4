/**
 * Traces, where somebody wants them: spans of requests, jobs, steps of workflows and calls of models, made where we do these things and
 * not by changing other packages. Off by default; then nothing of OpenTelemetry is loaded, and every call here is a plain call.
 */
import type { Logger } from './log.ts';
import type { TracingConfig } from './tracing-config.ts';

/** Numbers, words, no content: a trace goes to another server, and is read by others than its data. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  kind?: 'server' | 'consumer' | 'client' | 'internal';
  attributes?: Attributes;
  /**
   * The `traceparent` of who has asked for it, and null when nobody is known: then it begins a trace. Not given: it is a part of
   * what goes on.
   */
  parent?: string | null;
  /** Whether what is thrown means that it has failed; default: always. */
  isFailure?(error: unknown): boolean;
}

export interface OpenSpan {
  set(attributes: Attributes): void;
  /** It has failed, although nothing was thrown. */
  fail(reason: string): void;
}

export interface Tracing {
  /** Whether it is worth finding attributes. */
  isOn: boolean;
  /** What is thrown marks the span as failed. */
  span<T>(name: string, options: SpanOptions, work: (span: OpenSpan) => Promise<T>): Promise<T>;
  /** Of what goes on (W3C Trace Context), for whoever goes on with it elsewhere; null outside of traces. */
  traceparent(): string | null;
  start(): Promise<void>;
  /** Sends what is left. */
  stop(): Promise<void>;
}

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
