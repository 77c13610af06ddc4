/** A name is somebody on the robot that knows it: a broadcast through two robots reaches both who are called so. */
import type { Knex } from 'knex';

const TABLE = 'robots_broadcast_recipients';
const OLD = ['broadcast', 'channel', 'name'];
const NEW = ['broadcast', 'robot', 'name'];

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable(TABLE, (table) => table.dropUnique(OLD));
  await db.schema.alterTable(TABLE, (table) => table.unique(NEW));
}

/** Of two of one name the first stays. */
export async function down(db: Knex): Promise<void> {
  await db.raw(
    `delete from ${TABLE} where id not in (select first from
      (select min(id) as first from ${TABLE} group by broadcast, channel, name) as kept)`,
  );
  await db.schema.alterTable(TABLE, (table) => table.dropUnique(NEW));
  await db.schema.alterTable(TABLE, (table) => table.unique(OLD));
}
