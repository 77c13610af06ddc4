/** OpenTelemetry's own packages behind `tracing.ts`, loaded when it is on. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { hostname } from 'node:os';
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { codeOf, messageOf } from '../errors.ts';
import type { Logger } from './log.ts';
import type { OpenSpan, Tracing } from './spans.ts';
import type { TracingConfig } from './tracing-config.ts';

const KINDS = {
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;
/** A receiver that is down is said to be so, and not for each batch. */
const SAID_EVERY_MS = 10 * 60_000;
const EXPORT_MS = 10_000;
/** A stop waits no longer for a receiver that does not answer. */
const STOP_MS = 2_000;

/** What goes on: work that outlives its span is no part of it any more. */
interface Current {
  span: Span;
  context: Context;
  hasEnded: boolean;
}

export function openTelemetry(
  { url, headers, ratio, service }: TracingConfig & { url: string },
  version: string,
  log: Logger,
): Pick<Tracing, 'span' | 'traceparent' | 'stop'> {
  const here = new AsyncLocalStorage<Current>();
  const share = new TraceIdRatioBasedSampler(ratio);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': version,
      'host.name': hostname(),
      'process.pid': process.pid,
    }),
    sampler: new ParentBasedSampler({
      root: share,
      remoteParentSampled: fromElsewhere(ratio, true),
      remoteParentNotSampled: fromElsewhere(ratio, false),
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter: exporterOf(url, headers, log) })],
  });
  const tracer = provider.getTracer('patchbay', version);

  return {
    async span(name, { kind = 'internal', attributes = {}, parent, isFailure = () => true }, work) {
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, contextOf(parent));
      const current = { span, context: trace.setSpan(ROOT_CONTEXT, span), hasEnded: false };
      try {
        return await here.run(current, () => work(notesOf(span)));
      } catch (error) {
        if (isFailure(error)) fail(span, codeOf(error) ?? (error instanceof Error ? error.name : 'error'));
        throw error;
      } finally {
        current.hasEnded = true;
        span.end();
      }
    },
    traceparent() {
      const current = here.getStore();
      if (!current || current.hasEnded) return null;
      const { traceId, spanId, traceFlags } = current.span.spanContext();
      return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
    },
    async stop() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };

  function contextOf(parent: string | null | undefined): Context {
    if (parent === undefined) {
      const current = here.getStore();
      return current && !current.hasEnded ? current.context : ROOT_CONTEXT;
    }
    const remote = parent === null ? null : parseTraceParent(parent);
    return remote ? trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true }) : ROOT_CONTEXT;
  }
}

/**
 * Of what was begun elsewhere: our own jobs go on as what began them. A request is decided by itself, for whoever calls chooses the id and
 * the flag of its trace, and how much is kept is not theirs to say.
 */
function fromElsewhere(ratio: number, isSampled: boolean): Sampler {
  return {
    shouldSample(_context, _traceId, _name, kind) {
      const isKept = kind === SpanKind.SERVER ? Math.random() < ratio : isSampled;
      return { decision: isKept ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
    },
    toString: () => 'FromElsewhere',
  };
}

function notesOf(span: Span): OpenSpan {
  return { set: (attributes) => void span.setAttributes(attributes), fail: (reason) => fail(span, reason) };
}

/** By its code: messages may hold what people have written. */
function fail(span: Span, reason: string): void {
  span.setAttribute('error.type', reason);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function exporterOf(url: string, headers: Record<string, string>, log: Logger): OTLPTraceExporter {
  const exporter = new OTLPTraceExporter({ url, headers, timeoutMillis: EXPORT_MS });
  const send = exporter.export.bind(exporter);
  let saidAt = Number.NEGATIVE_INFINITY;
  exporter.export = (spans: ReadableSpan[], done: (result: ExportResult) => void) =>
    send(spans, (result) => {
      if (result.code === ExportResultCode.FAILED && performance.now() - saidAt >= SAID_EVERY_MS) {
        saidAt = performance.now();
        log.warn({ url: new URL(url).origin, reason: messageOf(result.error) }, 'Traces could not be sent');
      }
      done(result);
    });
  return exporter;
}
