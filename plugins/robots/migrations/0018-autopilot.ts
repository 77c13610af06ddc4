/**
 * Whether a program has said, by the WorkBot API, that a robot answers by itself. Robots of tenants that had agreed to AI did so
 * until now without anybody having said it: they go on.
 */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw('alter table robots_robots add column is_autopilot integer not null default 0');
  await db.raw(
    `update robots_robots set is_autopilot = 1 where tenant_id in
      (select uuid from auth_tenants where settings like '%"ai_consent_enabled":true%')`,
  );
}

export async function down(db: Knex): Promise<void> {
  await db.raw('alter table robots_robots drop column is_autopilot');
}
