/** The audit log: entries are stored first and linked into their chain afterwards; the head of each chain is kept. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('auth_audit_entries', (table) => {
    table.bigIncrements('id');
    // Null for entries from before this table.
    table.string('uuid', 36).unique();
    table.string('chain', 20).notNullable();
    // Place in the chain; null until it is linked, negative when it is not of our making.
    table.bigInteger('seq');
    table.bigInteger('at').notNullable().index();
    table.string('action', 60).notNullable().index();
    table.string('actor_kind', 20).notNullable();
    table.string('actor_id', 200).index();
    table.string('tenant_id', 36).index();
    table.string('target_type', 40);
    table.string('target_id', 320);
    table.string('ip', 64);
    table.string('user_agent', 300);
    table.text('detail').notNullable();
    table.string('origin_mac', 64);
    table.string('mac', 64);
    table.string('hash', 64);
    table.unique(['chain', 'seq']);
  });
  await db.raw('create index auth_audit_entries_unlinked on auth_audit_entries (id) where seq is null');
  await db.schema.createTable('auth_audit_chains', (table) => {
    table.string('name', 20).primary();
    table.bigInteger('anchor_seq').notNullable();
    table.bigInteger('last_seq').notNullable();
    table.string('last_hash', 64).notNullable();
    table.string('mac', 64).notNullable();
  });
  const kept =
    'at, action, actor_kind, actor_id, tenant_id, target_type, target_id, ip, user_agent, detail, hash'.split(', ');
  const columns = kept.join(', ');
  await db.raw(
    `insert into auth_audit_entries (id, seq, chain, ${columns}) select seq, seq, 'log', ${columns} from auth_audit_log`,
  );
  if (db.client.config.client === 'pg') {
    await db.raw(
      "select setval(pg_get_serial_sequence('auth_audit_entries', 'id'), max(id)) from auth_audit_entries having max(id) > 0",
    );
  }
  await db.schema.dropTable('auth_audit_log');
}

/** The older version finds its own entries whole, and those of this one as changed: they were linked another way. */
export async function down(db: Knex): Promise<void> {
  await db.schema.createTable('auth_audit_log', (table) => {
    table.bigInteger('seq').primary();
    table.bigInteger('at').notNullable().index();
    table.string('action', 60).notNullable().index();
    table.string('actor_kind', 20).notNullable();
    table.string('actor_id', 200).index();
    table.string('tenant_id', 36).index();
    table.string('target_type', 40);
    table.string('target_id', 320);
    table.string('ip', 64);
    table.string('user_agent', 300);
    table.text('detail').notNullable();
    table.string('prev_hash', 64).notNullable();
    table.string('hash', 64).notNullable();
  });
  const columns = 'at, action, actor_kind, actor_id, tenant_id, target_type, target_id, ip, user_agent, detail, hash';
  await db.raw(
    `insert into auth_audit_log (seq, prev_hash, ${columns})
     select seq, coalesce(lag(hash) over (order by seq), ?), ${columns} from auth_audit_entries
     where chain = 'log' and seq > 0`,
    ['0'.repeat(64)],
  );
  await db.schema.dropTable('auth_audit_chains');
  await db.schema.dropTable('auth_audit_entries');
}
