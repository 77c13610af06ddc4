/**
 * The name of a robot that nobody has named: made of the end of its id, in the language of the server. The document leaves it
 * open, phones never send one. Whether a name is such is told by the id, so that nothing has to be remembered of it.
 */
import type { Knex } from 'knex';
import { BEGINNINGS_OF_NAMES } from '../dialect-messages.ts';
import type { RobotRow } from './tables.ts';

export type NameLanguage = keyof typeof BEGINNINGS_OF_NAMES;

/** Letters at the end of an id that no other robot of the moment has. */
export const TAIL_LENGTH = 6;

export function machineName(tail: string, language: NameLanguage): string {
  return `${BEGINNINGS_OF_NAMES[language]}${tail}`;
}

/** Whether a person has named it. */
export function isNamed({ robot_id, name }: Pick<RobotRow, 'robot_id' | 'name'>): boolean {
  const tail = robot_id.slice(-TAIL_LENGTH);
  return Object.values(BEGINNINGS_OF_NAMES).every((beginning) => name !== `${beginning}${tail}`);
}

/** The same as a condition on `robots_robots`: those that nobody has named. */
export function whereUnnamed(rows: Knex.QueryBuilder): Knex.QueryBuilder {
  return rows.where((either) => {
    for (const beginning of Object.values(BEGINNINGS_OF_NAMES))
      either.orWhereRaw('name = ? || substr(robot_id, length(robot_id) - ?)', [beginning, TAIL_LENGTH - 1]);
  });
}
