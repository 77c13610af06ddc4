/** What a span is to those who make them. */

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
