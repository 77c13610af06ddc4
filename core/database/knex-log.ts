/** What Knex has to say goes into our log, as lines like all others. */
import type { Knex } from 'knex';
import type { Logger } from '../observability/log.ts';

/** An error says which statement failed, and not with which values: those are mail, names and hashes of passwords. */
export const QUIET_ERRORS = { asyncStackTraces: false, compileSqlOnError: false } satisfies Knex.Config;

export function knexLines(log: Logger): Knex.Logger {
  const at = (level: 'debug' | 'warn') => (message: unknown) => log[level]({ part: 'database' }, String(message));
  return { debug: at('debug'), warn: at('warn'), error: at('warn'), deprecate: at('warn') };
}
