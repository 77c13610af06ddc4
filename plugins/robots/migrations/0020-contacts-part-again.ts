/**
 * What two contacts that were made one need to part again: as whom a conversation was heard, whom a contact was linked with first,
 * which fields it has brought along, and that no id links it by itself any more.
 */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  // Null: as the contact that it has.
  await db.raw('alter table robots_conversations add column heard_as bigint');
  await db.raw('alter table robots_contacts add column linked_to bigint');
  await db.raw('alter table robots_contacts add column brought text');
  await db.raw('alter table robots_contacts add column is_parted integer not null default 0');
  await db.raw('update robots_contacts set linked_to = merged_into where merged_into is not null');
  const line = db.client.config.client === 'pg' ? 'chr(10)' : 'char(10)';
  const own = 'select own.id from robots_contacts own where own.merged_into = robots_conversations.contact';
  await db.raw(
    `update robots_conversations set heard_as = coalesce(
      (${own} and own.known_as = 'name ' || robot || ${line} || group_name || ${line} || person order by own.id limit 1),
      (${own} and own.own_id <> '' and own.name = person and own.channel =
        (select robot.channel from robots_robots robot where robot.id = robots_conversations.robot) order by own.id limit 1))
     where contact in (select merged_into from robots_contacts where merged_into is not null)`,
  );
}

export async function down(db: Knex): Promise<void> {
  await db.raw('alter table robots_conversations drop column heard_as');
  for (const column of ['linked_to', 'brought', 'is_parted'])
    await db.raw(`alter table robots_contacts drop column ${column}`);
}
