/** Telling of used-up limits, once in a month each: by event, and by mail to the tenant's owner. */
import Type, { type Static } from 'typebox';
import { defineJob, type Services, type Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Crossing } from './batch.ts';

const UsageMail = Type.Object({
  tenant_id: Type.String(),
  meter: Type.String(),
  percent: Type.Integer(),
  used: Type.Integer(),
  limit: Type.Integer(),
});
type UsageMail = Static<typeof UsageMail>;

const FOLDER = new URL('../mail-templates/', import.meta.url);

/** In the transaction of the count that crossed the line. */
export async function announceCrossing(
  { events, jobs }: Pick<Services, 'events' | 'jobs'>,
  trx: Transaction,
  crossing: Crossing,
): Promise<void> {
  const { tenantId, meter, used, limit, percent, month } = crossing;
  const about = { tenantId, subject: meter };
  if (crossing.exceeded) {
    await events.emit(trx, 'usage.exceeded', { tenant_id: tenantId, meter, used, limit, period: month }, about);
    return;
  }
  const data = { tenant_id: tenantId, meter, percent, used, limit, period: month };
  await events.emit(trx, 'usage.threshold', data, about);
  const mail: UsageMail = { tenant_id: tenantId, meter, percent, used, limit };
  await jobs.enqueue(trx, 'billing.sendUsageMail', mail);
}

export const sendUsageMail = defineJob({
  name: 'billing.sendUsageMail',
  summary: 'Tells the owner of a tenant that a limit is nearly or wholly used up',
  payload: UsageMail,
  async run(
    { tenant_id, meter, percent, used, limit },
    { id },
    { administration, mailer, mailTemplates, coreConfig }: Services & AuthServices,
  ) {
    const { items } = await administration.users({ tenant_id, role: 'owner', page_size: 5 });
    const to = items.find(({ email, status }) => email && status === 'active')?.email;
    if (!to) return;
    const values = { meter, percent: String(percent), used: String(used), limit: String(limit) };
    const mail = mailTemplates.render(FOLDER, 'usage', { ...values, link: coreConfig.http.publicUrl });
    await mailer.send({ to, ...mail, idempotencyKey: `billing.sendUsageMail/${id}` });
  },
});
