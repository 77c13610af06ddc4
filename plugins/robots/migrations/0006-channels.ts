/** Robots that are accounts of other networks, and what people and groups are called there. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('robots_channel_robots', (table) => {
    table.bigInteger('robot').primary().references('robots_robots.id').onDelete('cascade');
    table.string('channel', 40).notNullable();
    // What the network calls it: one account has one robot.
    table.string('account', 200).notNullable();
    // JSON of what the channel needs to be this robot, sealed for purpose `robots.channel`.
    table.text('config').notNullable();
    // Its name in the configuration file; null when somebody has made it.
    table.string('configured', 100);
    // How far the network has been read.
    table.string('place', 200);
    // The process that is the robot now.
    table.string('leased_by', 36);
    table.bigInteger('leased_until').notNullable().defaultTo(0);
    // What is wrong; '' when all is well.
    table.string('problem', 300).notNullable().defaultTo('');
    table.unique(['channel', 'account']);
    table.index(['leased_until']);
  });
  await db.schema.createTable('robots_channel_names', (table) => {
    table.string('tenant_id', 36).notNullable();
    table.string('channel', 40).notNullable();
    // What people and groups of the network are called here, and how they are reached there.
    table.string('name', 200).notNullable();
    table.string('address', 200).notNullable();
    table.primary(['tenant_id', 'channel', 'name']);
    table.unique(['tenant_id', 'channel', 'address']);
  });
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['channel_names', 'channel_robots']) await db.schema.dropTable(`robots_${table}`);
}
