/** Values by which the executions of one matter are found: the id they were given, and what their events have in common. */
import type { Transaction } from '#core/plugin.ts';
import type { Correlation } from './matching.ts';
import type { ExecutionRow } from './tables.ts';

/** Longest value that is kept; longer ones are known by their beginning. */
export const LONGEST_CORRELATION = 200;

/** Of a schema of one that is given. */
export const CORRELATION = { minLength: 1, maxLength: LONGEST_CORRELATION };

/** The id that a request or an event brings; null for none. */
export function correlationIdIn(given: unknown): string | null {
  return typeof given === 'string' ? keptText(given) || null : null;
}

/** The id that the execution was given, by its start or by its parent. */
export function correlationIdOf({ origin }: Pick<ExecutionRow, 'origin'>): string | null {
  return JSON.parse(origin).correlation_id ?? null;
}

/** Texts as they are, everything else as JSON. What is missing in an event says nothing. */
export function valuesOf(correlation: Correlation): string[] {
  return Object.values(correlation)
    .filter((value) => value !== null && value !== undefined && value !== '')
    .map((value) => keptText(typeof value === 'string' ? value : JSON.stringify(value)));
}

/** Part of the transaction that makes them true. Again with the same values changes nothing. */
export async function recordCorrelations(
  trx: Transaction,
  { id, tenant_id }: Pick<ExecutionRow, 'id' | 'tenant_id'>,
  values: readonly string[],
): Promise<void> {
  const rows = [...new Set(values)].map((value) => ({ value, tenant_id, execution_id: id }));
  if (rows.length === 0) return;
  await trx('workflows_correlations').insert(rows).onConflict(['value', 'tenant_id', 'execution_id']).ignore();
}

/** PostgreSQL takes neither NUL nor half a character. */
export function keptText(text: string): string {
  return text.replaceAll('\0', '').slice(0, LONGEST_CORRELATION).toWellFormed();
}
