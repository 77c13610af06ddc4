/** Meters: what plans may count of mailboxes. */
import type { Knex } from 'knex';
import type { Meter } from '#core/plugin.ts';

export const MAILBOXES = 'mailboxes';

export const MAILBOX_METER: Meter = {
  name: MAILBOXES,
  summary: 'Mailboxes',
  period: 'current',
  present: mailboxesOf,
};

async function mailboxesOf(on: Knex, tenantId: string | null): Promise<ReadonlyMap<string, number>> {
  const query = on('mail_mailboxes').whereNotNull('tenant_id').whereNull('removed_at').groupBy('tenant_id');
  if (tenantId !== null) query.where({ tenant_id: tenantId });
  const rows = await query.select('tenant_id').count({ total: '*' });
  return new Map(rows.map(({ tenant_id, total }) => [tenant_id ?? '', Number(total)]));
}
