/**
 * Amounts were counted with the decimals that the runtime shows a currency with; now with those of ISO 4217. What was
 * stored for currencies in which the two differ is brought over. Stripe's own invoices were in its units already.
 */
import type { Knex } from 'knex';
import { decimalsOf } from '../money.ts';

const AMOUNTS = {
  billing_plans: ['price_monthly', 'price_yearly'],
  billing_coupons: ['amount_off'],
  billing_subscriptions: ['price', 'period_worth', 'credit'],
  billing_checkouts: ['amount'],
  billing_invoices: ['subtotal', 'discount', 'credit', 'total'],
} as const;

export async function up(db: Knex): Promise<void> {
  await convert(db, (currency) => decimalsOf(currency) - shownDecimals(currency));
}

export async function down(db: Knex): Promise<void> {
  await convert(db, (currency) => shownDecimals(currency) - decimalsOf(currency));
}

async function convert(db: Knex, powerOf: (currency: string) => number): Promise<void> {
  for (const [table, columns] of Object.entries(AMOUNTS)) {
    const currencies: string[] = await db(table).distinct('currency').pluck('currency');
    for (const currency of currencies) {
      const power = powerOf(currency);
      if (power === 0) continue;
      const rows = () => {
        const query = db(table).where({ currency });
        return table === 'billing_invoices' ? query.whereNot({ provider: 'stripe' }) : query;
      };
      const change = power > 0 ? `?? * ${10 ** power}` : `?? / ${10 ** -power}`;
      await rows().update(Object.fromEntries(columns.map((column) => [column, db.raw(change, [column])])));
      // What was offered is counted anew.
      if (table === 'billing_checkouts') await rows().where({ status: 'open' }).update({ status: 'expired' });
      if (table === 'billing_invoices') await convertLines(db, rows(), 10 ** power);
    }
  }
}

async function convertLines(db: Knex, rows: Knex.QueryBuilder, factor: number): Promise<void> {
  const invoices: { id: number; lines: string }[] = await rows.select('id', 'lines');
  for (const { id, lines } of invoices) {
    const converted = (JSON.parse(lines) as { amount: number }[]).map((line) => ({
      ...line,
      amount: Math.round(line.amount * factor),
    }));
    await db('billing_invoices')
      .where({ id })
      .update({ lines: JSON.stringify(converted) });
  }
}

function shownDecimals(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
