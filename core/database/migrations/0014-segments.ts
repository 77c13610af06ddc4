/** Blobs in segments: where each lies, and which bytes of segments nobody points to any more. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('core_blobs', (table) => {
    table.string('segment', 40);
    table.bigInteger('segment_offset');
    table.bigInteger('checksum');
  });
  await db.raw('create index core_blobs_segment_index on core_blobs (segment) where segment is not null');
  await db.schema.createTable('core_released_bytes', (table) => {
    table.bigIncrements('id');
    table.string('segment', 40).notNullable();
    table.bigInteger('segment_offset').notNullable();
    table.bigInteger('size_bytes').notNullable();
    table.bigInteger('released_at').notNullable();
    table.index(['segment', 'released_at']);
  });
}

/** The version before would find none of what lies in segments. */
export async function down(db: Knex): Promise<void> {
  if (await db('core_blobs').whereNotNull('segment').first('id')) {
    throw new Error(
      'Mails and files lie in segments, which the version before cannot read: restore a backup of it instead',
    );
  }
  await db.schema.dropTable('core_released_bytes');
  await db.raw('drop index core_blobs_segment_index');
  for (const column of ['segment', 'segment_offset', 'checksum']) {
    await db.raw('alter table core_blobs drop column ??', [column]);
  }
}
