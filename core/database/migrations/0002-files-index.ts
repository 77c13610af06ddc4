/** The index over the names of files leaves out blobs that are rows: nearly all of them. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw('drop index core_blobs_file_index');
  await db.raw('create index core_blobs_file_index on core_blobs (file) where file is not null');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index core_blobs_file_index');
  await db.raw('create index core_blobs_file_index on core_blobs (file)');
}
