/** The table of a resource, for its migration. What it makes never changes: installations have it. */
import type { Knex } from 'knex';

/** With what each row of a resource has, and its list by tenant and key; `columns` adds those of its fields. */
export async function createResourceTable(
  db: Knex,
  name: string,
  columns: (table: Knex.CreateTableBuilder) => void,
): Promise<void> {
  await db.schema.createTable(name, (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    columns(table);
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.index(['tenant_id', 'id']);
  });
}
