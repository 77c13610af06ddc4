/** Where documents come from that are kept in step with it: a site, a repository, a folder. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('ai_replies_sources', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.bigInteger('base').notNullable().references('ai_replies_bases.id').onDelete('cascade').index();
    table.string('kind', 10).notNullable();
    table.string('url', 2000).notNullable();
    table.string('within', 500).notNullable();
    table.string('branch', 200).notNullable();
    table.string('user_name', 200).notNullable();
    table.text('password');
    table.string('schedule', 100);
    table.bigInteger('next_sync_at');
    table.string('state', 10).notNullable();
    table.text('reason').notNullable().defaultTo('');
    table.integer('wanted').notNullable().defaultTo(1);
    table.string('version', 100).notNullable().defaultTo('');
    table.bigInteger('synced_at');
    table.bigInteger('user_id').index();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.index(['tenant_id', 'id']);
  });
  await db.raw(
    `create index ai_replies_sources_due on ai_replies_sources (next_sync_at) where next_sync_at is not null`,
  );
  await db.schema.alterTable('ai_replies_documents', (table) => {
    // Documents outlive what they came from.
    table.bigInteger('source');
    table.string('source_path', 1000);
    table.string('source_version', 300);
  });
  // Two readings at once, as after a lost lease, add nothing twice.
  await db.raw(
    `create unique index ai_replies_documents_source on ai_replies_documents (source, source_path)
     where source is not null and is_gone = 0`,
  );
  await db.raw(`create index ai_replies_documents_name on ai_replies_documents (base, name)`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index ai_replies_documents_name');
  await db.raw('drop index ai_replies_documents_source');
  await db.schema.alterTable('ai_replies_documents', (table) => {
    table.dropColumns('source', 'source_path', 'source_version');
  });
  await db.schema.dropTable('ai_replies_sources');
}
