/** Licences as CSV (RFC 4180), out. */
import { stringify } from 'csv-stringify';
import { isoSeconds } from '#core/iso-time.ts';
import type { Services } from '#core/plugin.ts';
import type { LicenceRow } from '../tables.ts';
import { timeOrNull } from '../views.ts';
import type { Scope } from './licence-rows.ts';

export interface LicenceExport {
  /** All licences, oldest first, as they are read. */
  write(scope: Scope): NodeJS.ReadableStream;
}

const COLUMNS = [
  ...['license_id', 'activation_code', 'email', 'plan', 'status', 'device_cap', 'active_devices', 'issued_at'],
  ...['valid_until', 'user_hint', 'trial', 'max_version', 'product', 'entitlements', 'floating', 'replaces_oldest'],
];
const PAGE = 1000;

export function createLicenceExport({ db }: Services): LicenceExport {
  return { write };

  function write(scope: Scope): NodeJS.ReadableStream {
    // A spreadsheet runs what begins like a formula: such cells get an apostrophe.
    const out = stringify({ header: true, columns: COLUMNS, escape_formulas: true });
    void fill().then(
      () => out.end(),
      (error) => out.destroy(error),
    );
    return out;

    async function fill(): Promise<void> {
      for (let after = 0; ; ) {
        const query = db.read('licensing_licences').where('id', '>', after).orderBy('id').limit(PAGE);
        if (scope !== undefined) query.where({ tenant_id: scope });
        const page = await query;
        const codes = await productCodes(page);
        for (const row of page) if (!out.write(cellsOf(row, codes.get(row.product_id ?? 0) ?? ''))) await drained();
        const last = page.at(-1);
        if (!last || out.destroyed) return;
        after = last.id;
      }
    }

    async function productCodes(page: LicenceRow[]): Promise<Map<number, string>> {
      const keys = [...new Set(page.map(({ product_id }) => product_id))].filter((key) => key !== null);
      const products = await db.read('licensing_products').whereIn('id', keys).select('id', 'code');
      return new Map(products.map(({ id, code }) => [id, code]));
    }

    function drained(): Promise<void> {
      return new Promise((resolve) => {
        out.once('drain', resolve);
        out.once('close', resolve);
      });
    }
  }
}

const yesNo = (value: number): string => (value === 1 ? 'yes' : 'no');

function cellsOf(row: LicenceRow, product: string) {
  return {
    ...row,
    product,
    entitlements: row.entitlements ?? '',
    floating: yesNo(row.is_floating),
    replaces_oldest: yesNo(row.replaces_oldest),
    issued_at: isoSeconds(row.issued_at),
    valid_until: timeOrNull(row.valid_until) ?? '',
    trial: yesNo(row.is_trial),
  };
}
