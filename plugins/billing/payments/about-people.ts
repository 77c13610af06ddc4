/** What is known of somebody: invoices of the organisation that they are in. Whoever sells on this server sees them: its super-admins. */
import type { PageText, PersonSection } from '#core/plugin.ts';
import { majorUnits } from '../money.ts';
import type { PaymentsScope } from './services.ts';
import type { InvoiceStatus } from './tables.ts';

const STATES: Readonly<Record<InvoiceStatus, PageText>> = {
  open: { en: 'Open', zh: '未付' },
  paid: { en: 'Paid', zh: '已付' },
  void: { en: 'Void', zh: '已作废' },
  uncollectible: { en: 'Not collectible', zh: '无法收取' },
  refunded: { en: 'Refunded', zh: '已退款' },
  disputed: { en: 'Disputed', zh: '有争议' },
};

export const THEIR_INVOICES: PersonSection = {
  id: 'billing.invoices',
  title: { en: 'Invoices', zh: '账单' },
  access: 'superadmin',
  async find({ addresses, most }, { db, people }: PaymentsScope) {
    const accounts = await Promise.all(addresses.map((address) => people.userByIdentifier(address)));
    const ids = new Set(accounts.flatMap((user) => (user ? [user.tenant_id] : [])));
    const tenants = await Promise.all([...ids].map((id) => people.tenantById(id)));
    const uuids = tenants.flatMap((tenant) => (tenant ? [tenant.uuid] : []));
    const [first] = uuids;
    if (first === undefined) return { rows: [], all: null };
    const found = await db
      .read('billing_invoices')
      .whereIn('tenant_id', uuids)
      .orderBy('id', 'desc')
      .limit(most + 1)
      .select('number', 'status', 'currency', 'total', 'created_at');
    return {
      rows: found.map(({ number, status, currency, total, created_at }) => ({
        title: number,
        state: { value: status, text: STATES[status] },
        money: { amount: majorUnits(Number(total), currency), currency },
        at: Number(created_at),
        path: `/settings/plan/invoices/${encodeURIComponent(number)}`,
      })),
      all: `/sales/tenants/${first}`,
    };
  },
};
