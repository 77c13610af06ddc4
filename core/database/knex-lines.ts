/** What Knex has to say goes into our log, as lines like all others. */
import type { Knex } from 'knex';
import type { Logger } from '../observability/log.ts';

export function knexLines(log: Logger): Knex.Logger {
  const at = (level: 'debug' | 'warn') => (message: unknown) => log[level]({ part: 'database' }, String(message));
  return { debug: at('debug'), warn: at('warn'), error: at('warn'), deprecate: at('warn') };
}
