/** Licences as CSV (RFC 4180), out. */
import { isoSeconds, lazily, type Progress } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import { EVERY_TENANT, type Reach } from '../../access.ts';
import { licensingErrors } from '../../errors.ts';
import type { LicenceRow } from '../tables.ts';

const csvStringify = lazily<typeof import('csv-stringify')>('csv-stringify', import.meta.url);

export interface LicenceExport {
  /** All licences, oldest first, as they are read. */
  write(reach: Reach, principal: Principal): NodeJS.ReadableStream;
}

const COLUMNS = [
  'license_id',
  'activation_code',
  'email',
  'plan',
  'status',
  'device_cap',
  'active_devices',
  'issued_at',
  'valid_until',
  'user_hint',
  'trial',
  'max_version',
  'product',
  'entitlements',
  'floating',
  'replaces_oldest',
];
const PAGE = 1000;

export function createLicenceExport({ db, operations }: Services): LicenceExport {
  return { write };

  function write(reach: Reach, principal: Principal): NodeJS.ReadableStream {
    // A spreadsheet runs what begins like a formula: such cells get an apostrophe.
    const out = csvStringify().stringify({ header: true, columns: COLUMNS, escape_formulas: true });
    const what = { kind: 'licensing.export', title: 'Export of licences', scope: 'licenses:read', canCancel: true };
    void operations.run({ ...what, principal, onlyWhenLong: true }, fill).then(
      () => out.end(),
      (error) => out.destroy(error),
    );
    return out;

    async function fill(progress: Progress): Promise<{ licences: number }> {
      let done = 0;
      for (let after = 0; ; ) {
        progress.check();
        const query = db.read('licensing_licences').where('id', '>', after).orderBy('id').limit(PAGE);
        if (reach !== EVERY_TENANT) query.where({ tenant_id: reach });
        const page = await query;
        const codes = await productCodes(page);
        for (const row of page) if (!out.write(cellsOf(row, codes.get(row.product_id ?? 0) ?? ''))) await drained();
        const last = page.at(-1);
        if (!last) return { licences: done };
        if (out.destroyed) throw licensingErrors.CUT_OFF();
        after = last.id;
        done += page.length;
        progress.report({ done });
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
    valid_until: isoSeconds(row.valid_until) ?? '',
    trial: yesNo(row.is_trial),
  };
}
