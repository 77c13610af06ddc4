/** Invoices for the palette, by their numbers: one's own, and for super-admins anybody's. */
import { type FoundRecord, readRows } from 'patchbay-platform/ui';

const DIGITS = 6;

export async function findInvoices(
  text: string,
  signal: AbortSignal,
  may: (entry: string) => boolean,
): Promise<readonly FoundRecord[]> {
  const digits = /^(?:inv-?)?(\d+)$/i.exec(text)?.[1];
  if (!digits) return [];
  const query = { number: `INV-${digits.padStart(DIGITS, '0')}` };
  return (await invoices()).map(({ number, status, total, currency }) => ({
    title: number,
    description: `${total} ${currency} · ${status}`,
    path: `/settings/plan/invoices/${number}`,
  }));

  async function invoices() {
    if (may('billing.sales')) return readRows('/api/platform/billing/all-invoices', { query }, signal);
    return may('billing.invoices') ? readRows('/api/platform/billing/invoices', { query }, signal) : [];
  }
}
