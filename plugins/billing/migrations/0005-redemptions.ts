/** Which tenant has used which coupon, and for how many months: of a tenant, not of one of its subscriptions. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('billing_redemptions', (table) => {
    table.bigInteger('coupon').notNullable().references('billing_coupons.id').onDelete('cascade');
    table.string('tenant_id', 36).notNullable().index();
    table.integer('months').notNullable();
    table.bigInteger('at').notNullable();
    table.primary(['coupon', 'tenant_id']);
  });
  await db.raw(
    `insert into billing_redemptions (coupon, tenant_id, months, at)
     select coupon, tenant_id, sum(case when billing_cycle = 'yearly' then 12 else 1 end), max(created_at)
     from billing_checkouts where coupon is not null and status = 'completed' group by coupon, tenant_id`,
  );
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('billing_redemptions');
}
