/** What an error of the database means, whichever of the two it is. */
import { codeOf } from '../errors.ts';

/** A row with this key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  const code = codeOf(error);
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT';
}

/** Of the system, of SQLite, and `disk_full` of PostgreSQL. */
const OUT_OF_SPACE = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL', '53100']);

/** The disk is full, or this user's share of it: it works again when somebody has made room. */
export function isOutOfSpace(error: unknown): boolean {
  return OUT_OF_SPACE.has(codeOf(error));
}

/** Classes of SQLSTATE (PostgreSQL, appendix A): connection exception, insufficient resources, operator intervention. */
const UNAVAILABLE_CLASSES = ['08', '53', '57'];
const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  '25006',
]);
/** What pg, Knex and its pool say without a code. */
const UNAVAILABLE_SENTENCES =
  /^(?:Connection terminated|timeout expired|Client has encountered a connection error|The database did not answer|Knex: Timeout acquiring|The transaction could not begin)/;

/** The database cannot be reached or cannot write at this moment: nothing is wrong with what was asked of it. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (UNAVAILABLE_CODES.has(code)) return true;
  if (/^[0-9A-Z]{5}$/.test(code)) return UNAVAILABLE_CLASSES.includes(code.slice(0, 2));
  // Knex puts the statement in front of the driver's sentence.
  return (
    UNAVAILABLE_SENTENCES.test(error.message) || UNAVAILABLE_SENTENCES.test(error.message.split(' - ').at(-1) ?? '')
  );
}
