/** Broadcasts with their recipients, how fast each robot sends them, and messages that are scheduled. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('robots_broadcasts', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    // Whose it is (auth_users.id); null when it is its tenant's.
    table.bigInteger('user_id');
    table.string('name', 200).notNullable();
    table.text('content').notNullable();
    // JSON: ids of robots, whom they are to reach, and names that are left out.
    table.text('robots').notNullable();
    table.text('audience').notNullable();
    table.text('excluded').notNullable().defaultTo('[]');
    table.integer('per_minute').notNullable();
    // draft, running, paused, finished, cancelled
    table.string('state', 16).notNullable().defaultTo('draft');
    // Why it was paused by itself; '' otherwise.
    table.string('reason', 60).notNullable().defaultTo('');
    // The audience is being frozen: contacts up to the first, and names up to the second, have been looked at.
    table.bigInteger('contacts_done').notNullable().defaultTo(0);
    table.integer('names_done').notNullable().defaultTo(0);
    // The newest contact at the start.
    table.bigInteger('contacts_until').notNullable().defaultTo(0);
    table.bigInteger('frozen_at');
    table.integer('total').notNullable().defaultTo(0);
    table.integer('sent').notNullable().defaultTo(0);
    table.integer('succeeded').notNullable().defaultTo(0);
    table.integer('failed').notNullable().defaultTo(0);
    table.integer('skipped').notNullable().defaultTo(0);
    // When its progress was announced last.
    table.bigInteger('told_at').notNullable().defaultTo(0);
    table.bigInteger('started_at');
    table.bigInteger('ended_at');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.index(['tenant_id', 'id']);
    table.index(['tenant_id', 'state', 'id']);
  });
  await db.raw(`create index robots_broadcasts_running on robots_broadcasts (tenant_id, id) where state = 'running'`);
  await db.raw(`create index robots_broadcasts_cancelled on robots_broadcasts (id) where state = 'cancelled'`);

  await db.schema.createTable('robots_broadcast_recipients', (table) => {
    table.bigIncrements('id');
    table.bigInteger('broadcast').notNullable().references('robots_broadcasts.id').onDelete('cascade');
    table.bigInteger('robot').notNullable().references('robots_robots.id').onDelete('cascade');
    // Null for a name that nobody is known by, and for groups.
    table.bigInteger('contact').references('robots_contacts.id').onDelete('cascade').index();
    table.string('channel', 40).notNullable();
    table.string('name', 200).notNullable();
    // waiting, sent, succeeded, failed, skipped
    table.string('state', 16).notNullable();
    table.string('reason', 200).notNullable().defaultTo('');
    table.string('command_id', 60).unique();
    table.bigInteger('changed_at').notNullable();
    table.unique(['broadcast', 'channel', 'name']);
    table.unique(['broadcast', 'contact']);
    table.index(['broadcast', 'state', 'id']);
    table.index(['broadcast', 'id']);
  });
  await db.raw(
    `create index robots_broadcast_recipients_waiting
       on robots_broadcast_recipients (robot, broadcast, id) where state = 'waiting'`,
  );

  await db.schema.createTable('robots_paces', (table) => {
    table.bigInteger('robot').primary().references('robots_robots.id').onDelete('cascade');
    // It sends nothing of a broadcast before this.
    table.bigInteger('next_at').notNullable();
    // The step that counts: one with another number has been overtaken.
    table.bigInteger('step').notNullable();
    // The broadcast that it sent for last: they take turns.
    table.bigInteger('broadcast').notNullable().defaultTo(0);
  });

  await db.schema.createTable('robots_scheduled_messages', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('tenant_id', 36).notNullable();
    table.bigInteger('user_id');
    table.bigInteger('robot').notNullable().references('robots_robots.id').onDelete('cascade').index();
    // JSON: names.
    table.text('names').notNullable();
    table.text('content').notNullable();
    // Five fields; null for once.
    table.string('cron', 100);
    table.string('zone', 60).notNullable();
    // active, done, missed, cancelled
    table.string('state', 16).notNullable().defaultTo('active');
    table.bigInteger('next_at');
    table.bigInteger('last_at');
    // sent, missed, failed
    table.string('last_outcome', 16);
    table.string('last_reason', 200).notNullable().defaultTo('');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.index(['tenant_id', 'id']);
    table.index(['tenant_id', 'state', 'id']);
  });
  await db.raw(
    `create index robots_scheduled_messages_due on robots_scheduled_messages (next_at, id) where state = 'active'`,
  );
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['scheduled_messages', 'paces', 'broadcast_recipients', 'broadcasts'])
    await db.schema.dropTable(`robots_${table}`);
}
