/** A PostgreSQL with all its programs, for the tests of a standby: the one in npm has no pg_basebackup. Debian's, as PgBouncer is got. */
import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { serverProgram } from './system-program.ts';

const ADVICE =
  'The tests of a standby need a PostgreSQL with pg_basebackup: install it (Debian: `apt-get install postgresql`), which need not run as a service';

/** Folder of the programs of the newest. Throws a sentence when there is none and none can be installed. */
export function postgresPrograms(): string {
  const basebackup = serverProgram({
    names: ['pg_basebackup'],
    packages: ['postgresql'],
    purpose: 'the tests of a standby',
    advice: ADVICE,
    find: () =>
      globSync('/usr/lib/postgresql/*/bin/pg_basebackup')
        .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
        .at(-1) ?? null,
  });
  return dirname(basebackup);
}
