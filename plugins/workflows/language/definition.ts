/** The shape of a definition as far as the engine reads it. What is written here has been validated before it runs. */
import { getOwn } from '#core/thread-kit.ts';
import { durationMs } from './durations.ts';
import type { Options } from './options.ts';

export type TaskList = readonly Record<string, Task>[];
type Duration = string | Record<string, number>;
export interface Timeout {
  after: Duration;
}
export interface DataRule {
  schema?: { document?: object; resource?: { endpoint: unknown } };
  from?: unknown;
  as?: unknown;
}

export interface EventFilter {
  with?: Record<string, unknown>;
  correlate?: Record<string, { from: string; expect?: string }>;
}
export interface Strategy {
  one?: EventFilter;
  any?: EventFilter[];
  all?: EventFilter[];
  until?: string | Strategy;
}

export interface RetryPolicy {
  when?: string;
  exceptWhen?: string;
  delay?: Duration;
  backoff?: { constant?: object; linear?: { increment?: Duration }; exponential?: { multiplier?: number } };
  limit?: { attempt?: { count?: number; duration?: Duration }; duration?: Duration };
  jitter?: { from: Duration; to: Duration };
}

/** A task: the base that all have, and the keyword of its kind with what belongs to it. */
export interface Task {
  if?: string;
  input?: DataRule;
  output?: DataRule;
  export?: DataRule;
  timeout?: Timeout | string;
  then?: string;
  metadata?: Record<string, unknown>;
  call?: string;
  with?: Record<string, unknown>;
  do?: TaskList;
  fork?: { branches: TaskList; compete?: boolean };
  emit?: { event: { with: Record<string, unknown> } };
  for?: { each?: string; in: string; at?: string };
  while?: string;
  listen?: { to: Strategy; read?: 'data' | 'envelope' | 'raw' };
  foreach?: { item?: string; at?: string; do?: TaskList; output?: DataRule; export?: DataRule };
  raise?: { error: string | Record<string, unknown> };
  run?: {
    await?: boolean;
    workflow?: { namespace: string; name: string; version: string; input?: unknown };
    script?: {
      language: string;
      code?: string;
      source?: { endpoint: unknown };
      arguments?: Record<string, unknown>;
      environment?: Record<string, string>;
    };
    shell?: { command: string; arguments?: Record<string, unknown> | string[]; environment?: Record<string, string> };
    container?: {
      image: string;
      name?: string;
      command?: string;
      ports?: Record<string, unknown>;
      volumes?: Record<string, unknown>;
      environment?: Record<string, string>;
      lifetime?: { cleanup: 'always' | 'never' | 'eventually' };
    };
    return?: 'stdout' | 'stderr' | 'code' | 'all' | 'none';
  };
  set?: Record<string, unknown> | string;
  switch?: readonly Record<string, { when?: string; then: string }>[];
  try?: TaskList;
  catch?: {
    errors?: { with?: Record<string, unknown> };
    as?: string;
    when?: string;
    exceptWhen?: string;
    retry?: RetryPolicy | string;
    do?: TaskList;
  };
  wait?: Duration;
}

export interface Extension {
  extend: string;
  when?: string;
  before?: TaskList;
  after?: TaskList;
}

export interface Definition {
  document: {
    dsl: string;
    namespace: string;
    name: string;
    version: string;
    title?: string;
    summary?: string;
    tags?: Record<string, string>;
    metadata?: { patchbay?: Options } & Record<string, unknown>;
  };
  input?: DataRule;
  output?: DataRule;
  timeout?: Timeout | string;
  evaluate?: { language?: string; mode?: 'strict' | 'loose' };
  schedule?: { every?: Duration; cron?: string; after?: Duration; on?: Strategy };
  use?: {
    authentications?: Record<string, Record<string, unknown>>;
    errors?: Record<string, Record<string, unknown>>;
    extensions?: readonly Record<string, Extension>[];
    functions?: Record<string, Task>;
    retries?: Record<string, RetryPolicy>;
    catalogs?: Record<string, unknown>;
    secrets?: readonly string[];
    timeouts?: Record<string, Timeout>;
  };
  do: TaskList;
}

/** Characters of a definition as it was given. */
export const LONGEST_SOURCE = 1024 * 1024;

export const KINDS = [
  'call',
  'do',
  'emit',
  'for',
  'fork',
  'listen',
  'raise',
  'run',
  'set',
  'switch',
  'try',
  'wait',
] as const;
export type Kind = (typeof KINDS)[number];

/** `for` has a `do` too, so it is looked for first. */
export function kindOf(task: Task): Kind | null {
  if (task.for !== undefined) return 'for';
  return KINDS.find((kind) => task[kind as keyof Task] !== undefined) ?? null;
}

export function optionsOf(definition: Definition): Options {
  return definition.document.metadata?.patchbay ?? {};
}

/** To whom its hook is open: to nobody, unless the definition says so. */
export function hookDoorOf(definition: Definition): 'closed' | 'signed' | 'open' {
  const { hook = false } = optionsOf(definition);
  if (hook === false) return 'closed';
  return hook === true ? 'open' : 'signed';
}

/** The one entry of a task item. */
export function entryOf<T>(item: Readonly<Record<string, T>>): [name: string, value: T] {
  const [entry] = Object.entries(item);
  if (!entry) throw new Error('An empty item in a list of tasks');
  return entry;
}

/** One step of a JSON pointer (RFC 6901 §4). */
export function pointerStep(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function timeoutMs(timeout: Timeout | string | undefined, definition: Definition): number | null {
  if (timeout === undefined) return null;
  const found = typeof timeout === 'string' ? getOwn(definition.use?.timeouts, timeout) : timeout;
  return found ? durationMs(found.after) : null;
}
