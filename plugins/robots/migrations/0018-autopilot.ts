/**
 * Whether a program has said, by the WorkBot API, that a robot answers by itself. Those that are there answered so without
 * anybody having said it: the next start decides by what their tenants have agreed to (`settleAutopilots`).
 */
import type { Knex } from 'knex';

/** As `UNSETTLED` of `autopilots.ts`. */
const UNSETTLED = 2;

export async function up(db: Knex): Promise<void> {
  await db.raw('alter table robots_robots add column is_autopilot integer not null default 0');
  await db.raw(`update robots_robots set is_autopilot = ${UNSETTLED}`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('alter table robots_robots drop column is_autopilot');
}
