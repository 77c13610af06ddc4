/** PgBouncer, the pooler before PostgreSQL, for the tests of one: Debian's package, got as Chromium is, without its service being started. */
import { serverProgram } from './system-program.ts';

const ADVICE =
  'The tests of a pooler need PgBouncer: install it (Debian: `apt-get install pgbouncer`), which need not run as a service';

/** Path of `pgbouncer`. Throws a sentence when it is not there and cannot be installed. */
export function pgBouncer(): string {
  return serverProgram({
    names: ['pgbouncer'],
    packages: ['pgbouncer'],
    purpose: 'the tests of a pooler',
    advice: ADVICE,
  });
}
