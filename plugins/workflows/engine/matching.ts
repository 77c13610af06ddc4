/** Which events a strategy of the DSL takes ("Event Consumption Strategy"), and when it has all of them. */
import type { CloudEvent } from '#core/plugin.ts';
import type { EventFilter, Strategy } from '../language/definition.ts';
import { allFiltersOf, filtersOf, isPattern } from '../language/event-filters.ts';
import {
  BRIEFLY,
  evaluateExpression,
  expressionIn,
  isExpectExpression,
  isTrue,
  type Scope,
  TENANT,
} from '../language/expressions.ts';
import { Fault } from '../language/faults.ts';
import { LIFECYCLE } from './event-attributes.ts';

/** An event that has come, and for which of the filters. */
export interface Received {
  filter: number;
  event: CloudEvent;
}

/** What has come for a strategy: for its own filters, and for those of its `until`. */
export interface Gathered {
  received: readonly Received[];
  until?: Gathered;
}

/** Values that correlated events must share: what `expect` says, or what the first event had. */
export type Correlation = Record<string, unknown>;

/** What `expect` fixes where there is nothing that an expression could look at: its constants. */
export function constantsOf(strategy: Strategy): Correlation {
  const constants: Correlation = {};
  for (const { correlate = {} } of allFiltersOf(strategy)) {
    for (const [name, { expect }] of Object.entries(correlate)) {
      if (expect !== undefined && !isExpectExpression(expect)) constants[name] = expect;
    }
  }
  return constants;
}

/**
 * What an event changes, with expressions that may run elsewhere: not for the middle of a transaction. Null when it is
 * not asked for. `isDone` when the strategy has everything. `correlation` is changed when the event is the first that brings a value.
 */
export async function consume(
  strategy: Strategy,
  gathered: Gathered,
  event: CloudEvent,
  correlation: Correlation,
  read: (event: CloudEvent) => unknown,
  given: Scope = {},
): Promise<(Gathered & { isDone: boolean }) | null> {
  const scope: Scope = { ...given, [BRIEFLY]: true };
  const { received } = gathered;
  if (hasCome(gathered, event)) return null;
  if (typeof strategy.until === 'object' && strategy.any) {
    // What ends the listening is none of its results.
    const ending = await consume(strategy.until, gathered.until ?? { received: [] }, event, correlation, read, scope);
    if (ending) {
      const { isDone, ...until } = ending;
      return { received, until, isDone };
    }
  }
  const filters = filtersOf(strategy);
  const taken = new Set(received.map(({ filter }) => filter));
  const isAny = strategy.any !== undefined;
  let index = -1;
  for (const [place, filter] of filters.entries()) {
    if ((!isAny && taken.has(place)) || !(await matches(filter, event, correlation, scope))) continue;
    index = place;
    break;
  }
  // All incoming events: those about executions are no such events, or it would hear itself.
  if (index < 0 && strategy.any?.length === 0 && !event.type.startsWith(LIFECYCLE)) index = 0;
  if (index < 0) return null;
  const now = [...received, { filter: index, event }];
  const after = { ...gathered, received: now };
  if (strategy.all) return { ...after, isDone: now.length === filters.length };
  if (!isAny || strategy.until === undefined) return { ...after, isDone: true };
  if (typeof strategy.until !== 'string') return { ...after, isDone: false };
  return {
    ...after,
    isDone: isTrue(
      await evaluateExpression(
        strategy.until,
        now.map((one) => read(one.event)),
        scope,
      ),
    ),
  };
}

/** Whether the event is among those that have come, also for `until`. */
export function hasCome({ received, until }: Gathered, event: CloudEvent): boolean {
  if (received.some((earlier) => earlier.event.id === event.id && earlier.event.source === event.source)) return true;
  return until !== undefined && hasCome(until, event);
}

async function matches(
  { with: wanted = {}, correlate = {} }: EventFilter,
  event: CloudEvent,
  correlation: Correlation,
  scope: Scope,
): Promise<boolean> {
  const attributes = event as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(wanted)) if (!(await fits(value, attributes[name], scope))) return false;
  const found: Correlation = {};
  for (const [name, { from }] of Object.entries(correlate)) {
    const value = await part(from, event, scope);
    // Null is what jq has for what is missing: it says nothing, and so belongs to nothing.
    if (value === undefined || value === null) return false;
    if (Object.hasOwn(correlation, name) && JSON.stringify(correlation[name]) !== JSON.stringify(value)) return false;
    found[name] = value;
  }
  Object.assign(correlation, found);
  return true;
}

/** Undefined for an event of another shape than the filter expects: it does not match. */
async function part(from: string, event: CloudEvent, scope: Scope): Promise<unknown> {
  try {
    return await evaluateExpression(from, event, scope);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

/**
 * An expression judges the attribute; an object must be part of it; a text must be the same, or match as a regular
 * expression (specification, "Event Filter"); anything else must be the same.
 */
async function fits(wanted: unknown, actual: unknown, scope: Scope): Promise<boolean> {
  if (typeof wanted === 'string') {
    const source = expressionIn(wanted);
    if (source === null) return wanted === actual || (isPattern(wanted) && matchesPattern(wanted, actual, scope));
    try {
      const result = await evaluateExpression(source, actual ?? null, scope);
      if (result === null) return false;
      return typeof result === 'boolean' ? result : JSON.stringify(result) === JSON.stringify(actual ?? null);
    } catch (error) {
      // An event of another shape than the filter expects does not match it.
      if (error instanceof Fault) return false;
      throw error;
    }
  }
  if (Array.isArray(wanted)) return JSON.stringify(wanted) === JSON.stringify(actual);
  if (typeof wanted !== 'object' || wanted === null) return wanted === actual;
  if (typeof actual !== 'object' || actual === null) return false;
  for (const [name, value] of Object.entries(wanted))
    if (!(await fits(value, (actual as Record<string, unknown>)[name], scope))) return false;
  return true;
}

/** By jq's `test`, which limits how long a pattern may take. */
async function matchesPattern(pattern: string, actual: unknown, scope: Scope): Promise<boolean> {
  if (typeof actual !== 'string') return false;
  try {
    const own: Scope = { pattern, [TENANT]: scope[TENANT] ?? '', [BRIEFLY]: true };
    return isTrue(await evaluateExpression('test("^(?:" + $pattern + ")$")', actual, own));
  } catch (error) {
    // What is no regular expression is a text that differs.
    if (error instanceof Fault) return false;
    throw error;
  }
}
