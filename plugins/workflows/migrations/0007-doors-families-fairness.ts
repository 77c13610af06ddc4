/**
 * Who may call the hook of a workflow and which events start it, beside its name; which execution a family of executions
 * comes from and how often one was begun in vain; and an index by which open executions are taken up tenant by tenant.
 */
import type { Knex } from 'knex';

const OPEN = "status in ('pending', 'running')";

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('workflows_workflows', (table) => {
    table.string('hook', 8).notNullable().defaultTo('closed');
  });
  await db.raw("create index workflows_workflows_hooks on workflows_workflows (hook) where hook <> 'closed'");
  await db.schema.createTable('workflows_schedule_types', (table) => {
    table.string('type', 200).notNullable();
    table.bigInteger('workflow_id').notNullable().references('workflows_workflows.id').onDelete('cascade');
    table.primary(['type', 'workflow_id']);
    table.index(['workflow_id']);
  });
  await describeActive(db);
  await db.schema.alterTable('workflows_executions', (table) => {
    table.string('root_id', 36);
    table.integer('failures').notNullable().defaultTo(0);
  });
  await db.raw('drop index workflows_executions_open');
  await db.raw(
    `create index workflows_executions_open on workflows_executions (tenant_id, priority desc, seq) where ${OPEN}`,
  );
  await db.raw(
    'create index workflows_executions_family on workflows_executions (root_id) where root_id is not null and ended_at is null',
  );
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index workflows_executions_family');
  await db.raw('drop index workflows_executions_open');
  await db.raw(`create index workflows_executions_open on workflows_executions (status, seq) where ${OPEN}`);
  await db.schema.alterTable('workflows_executions', (table) => {
    table.dropColumn('root_id');
    table.dropColumn('failures');
  });
  await db.schema.dropTable('workflows_schedule_types');
  await db.raw('drop index workflows_workflows_hooks');
  await db.schema.alterTable('workflows_workflows', (table) => {
    table.dropColumn('hook');
  });
}

/** Until now every hook was open that its definition did not close: what does not say so itself is closed from here on. */
async function describeActive(db: Knex): Promise<void> {
  const active = await db('workflows_workflows')
    .join('workflows_definitions', 'workflows_definitions.id', 'workflows_workflows.active_id')
    .select('workflows_workflows.id', 'workflows_workflows.enabled', 'workflows_definitions.definition');
  for (const { id, enabled, definition } of active) {
    const { document, schedule } = JSON.parse(definition);
    const hook = document.metadata?.patchbay?.hook;
    if (hook) {
      const door = hook === true ? 'open' : 'signed';
      await db('workflows_workflows').where({ id }).update({ hook: door });
    }
    if (!enabled || !schedule?.on) continue;
    const rows = [...new Set(typesOf(schedule.on))].map((type) => ({ type, workflow_id: id }));
    if (rows.length > 0) await db('workflows_schedule_types').insert(rows);
  }
}

interface Strategy {
  one?: Filter;
  any?: Filter[];
  all?: Filter[];
  until?: string | Strategy;
}

interface Filter {
  with?: { type?: unknown };
}

/** The types that can match, '*' for any, as of the day of this migration. */
function typesOf({ one, any, all, until }: Strategy): string[] {
  const types = (all ?? any ?? (one ? [one] : [])).map(({ with: wanted }) =>
    typeof wanted?.type === 'string' && !/[\\^$*+?()[\]{}|]/.test(wanted.type) ? wanted.type : '*',
  );
  if (any?.length === 0) types.push('*');
  if (typeof until === 'object') types.push(...typesOf(until));
  return types;
}
