/** Models: providers of tenants, each call, what was spent by day, and budgets. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('ai_replies_providers', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('name', 60).notNullable();
    table.text('settings').notNullable();
    table.text('api_key');
    table.integer('place').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['tenant_id', 'name']);
  });
  await db.schema.createTable('ai_replies_calls', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('purpose', 20).notNullable();
    table.string('provider', 60).notNullable();
    table.string('model', 200).notNullable();
    table.string('robot_id', 60);
    table.string('contact_id', 60);
    table.string('conversation_id', 60);
    table.string('workflow_id', 60);
    table.string('outcome', 12).notNullable();
    table.text('error').notNullable().defaultTo('');
    table.bigInteger('input_tokens').notNullable().defaultTo(0);
    table.bigInteger('output_tokens').notNullable().defaultTo(0);
    table.bigInteger('micros').notNullable().defaultTo(0);
    table.bigInteger('duration_ms').notNullable().defaultTo(0);
    table.bigInteger('created_at').notNullable();
    table.index(['tenant_id', 'id']);
    table.index(['created_at']);
    table.index(['conversation_id']);
    table.index(['contact_id']);
  });
  await db.raw(`create index ai_replies_calls_open on ai_replies_calls (created_at) where outcome = 'open'`);
  await db.schema.createTable('ai_replies_spend', (table) => {
    table.string('tenant_id', 36).notNullable();
    table.string('kind', 10).notNullable();
    table.string('subject', 200).notNullable();
    table.bigInteger('day').notNullable();
    table.bigInteger('calls').notNullable();
    table.bigInteger('failures').notNullable();
    table.bigInteger('input_tokens').notNullable();
    table.bigInteger('output_tokens').notNullable();
    table.bigInteger('micros').notNullable();
    table.primary(['tenant_id', 'kind', 'subject', 'day']);
    table.index(['tenant_id', 'kind', 'day']);
  });
  await db.schema.createTable('ai_replies_budgets', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('kind', 10).notNullable();
    table.string('subject', 200).notNullable();
    table.string('period', 5).notNullable();
    table.bigInteger('micros').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['tenant_id', 'kind', 'subject', 'period']);
  });
  await db.schema.createTable('ai_replies_budgets_told', (table) => {
    table.bigInteger('budget').notNullable().references('ai_replies_budgets.id').onDelete('cascade');
    table.string('subject', 200).notNullable();
    table.bigInteger('day').notNullable();
    table.integer('percent').notNullable();
    table.primary(['budget', 'subject', 'day', 'percent']);
  });
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['budgets_told', 'budgets', 'spend', 'calls', 'providers'])
    await db.schema.dropTable(`ai_replies_${table}`);
}
