/** Tools: servers that have some, what each robot may call, and the calls. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('ai_replies_mcp_servers', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('name', 60).notNullable();
    table.string('url', 1_000).notNullable();
    table.text('token');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['tenant_id', 'name']);
  });
  await db.schema.createTable('ai_replies_tool_grants', (table) => {
    table.string('tenant_id', 36).notNullable();
    table.string('robot_id', 60).notNullable();
    table.string('tool', 200).notNullable();
    table.integer('asks').notNullable();
    table.bigInteger('user_id').notNullable().index();
    table.bigInteger('created_at').notNullable();
    table.primary(['tenant_id', 'robot_id', 'tool']);
  });
  await db.schema.createTable('ai_replies_tool_calls', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.string('robot_id', 60).notNullable();
    table.string('conversation_id', 60).notNullable().index();
    table.string('tool', 200).notNullable();
    table.text('input').notNullable();
    table.string('state', 10).notNullable();
    table.text('output').notNullable().defaultTo('');
    table.bigInteger('user_id').notNullable();
    table.bigInteger('created_at').notNullable().index();
    table.bigInteger('decided_at');
    table.index(['tenant_id', 'id']);
  });
  await db.raw(
    `create index ai_replies_tool_calls_waiting on ai_replies_tool_calls (tenant_id, id) where state = 'waiting'`,
  );
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['tool_calls', 'tool_grants', 'mcp_servers']) await db.schema.dropTable(`ai_replies_${table}`);
}
