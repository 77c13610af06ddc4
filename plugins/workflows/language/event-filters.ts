/** Which filters a strategy of the DSL has, and which types of events they ask for ("Event Consumption Strategy"). */
import type { EventFilter, Strategy } from './definition.ts';
import { expressionIn } from './expressions.ts';

export function filtersOf(strategy: Strategy): readonly EventFilter[] {
  return strategy.all ?? strategy.any ?? (strategy.one ? [strategy.one] : []);
}

/** The same with those of `until`. */
export function allFiltersOf(strategy: Strategy): readonly EventFilter[] {
  const { until } = strategy;
  return [...filtersOf(strategy), ...(typeof until === 'object' ? allFiltersOf(until) : [])];
}

/** Event types that can match; '*' when any type can. */
export function typesOf(strategy: Strategy): string[] {
  const filters = filtersOf(strategy);
  const types = filters.map((filter) => {
    const type = filter.with?.type;
    return typeof type === 'string' && expressionIn(type) === null && !isPattern(type) ? type : '*';
  });
  if (strategy.any?.length === 0) types.push('*');
  if (typeof strategy.until === 'object') types.push(...typesOf(strategy.until));
  return [...new Set(types)];
}

/** Has what plain names and addresses do not have; a dot alone makes no pattern. */
export function isPattern(text: string): boolean {
  return /[\\^$*+?()[\]{}|]/.test(text);
}
