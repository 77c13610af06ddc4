/** The names of an account (e-mail address, user name, phone number): one spelling of each, each taken once. */
import { codeOf, messageOf } from '#core/kit.ts';
import { authErrors } from '../errors.ts';

const COLUMNS = ['email', 'username', 'phone'] as const;
export type NameColumn = (typeof COLUMNS)[number];

/** Lower-case, and one Unicode form: `é` is one letter however it was typed. */
export function normalName(given: string): string {
  return given.trim().normalize('NFC').toLowerCase().normalize('NFC');
}

export function taken(column: NameColumn) {
  return { email: authErrors.email_taken, username: authErrors.username_taken, phone: authErrors.phone_taken }[
    column
  ]();
}

/** Two at the same instant: the database's unique index decides, and names itself. Everything else is thrown again. */
export function throwTaken(error: unknown): never {
  const column = COLUMNS.find((name) => violated(error).includes(name));
  throw column ? taken(column) : error;
}

/** The index of PostgreSQL, or the column of SQLite; never the statement, which names all columns. */
function violated(error: unknown): string {
  if (codeOf(error) === '23505' && typeof error === 'object' && error !== null && 'constraint' in error)
    return String(error.constraint);
  return /UNIQUE constraint failed: (.*)$/.exec(messageOf(error))?.[1] ?? '';
}
