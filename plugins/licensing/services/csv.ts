/** Licences as CSV (RFC 4180), out and in. */
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify';
import type { Transaction } from '#core/database/database.ts';
import { isoSeconds } from '#core/iso-time.ts';
import { AppError, type Services } from '#core/plugin.ts';
import { isEmail } from '../email-schema.ts';
import type { LicenceRow, LicenceStatus, Plan, ProductRow } from '../tables.ts';
import { timeOrNull } from '../views.ts';
import { normalCode } from './codes.ts';
import { addCounts, countsOf } from './counts.ts';
import { recordHistory, type Scope } from './licence-rows.ts';
import { DAY_MS, DEFAULT_DAYS, DEFAULT_DEVICE_CAP, freeLicenceId } from './licences.ts';

export interface LicenceCsv {
  /** All licences, oldest first, as they are read. */
  write(scope: Scope): NodeJS.ReadableStream;
  /**
   * Takes over existing licences with their codes in any grouping; a code that exists is left as it is, so that a repeat
   * goes on where a first try ended. Throws `INVALID_CSV` with what is wrong in which line, before anything is written.
   */
  read(tenantId: string | null, text: string): Promise<{ imported: number; skipped: number }>;
}

const COLUMNS = [
  ...['license_id', 'activation_code', 'email', 'plan', 'status', 'device_cap', 'active_devices', 'issued_at'],
  ...['valid_until', 'user_hint', 'trial', 'max_version', 'product', 'entitlements', 'floating', 'replaces_oldest'],
];
const PAGE = 1000;
const LINES_PER_TRANSACTION = 200;
const MOST_ERRORS = 50;

type Line = Omit<LicenceRow, 'id' | 'license_id'> & { license_id: string | null };

export function createLicenceCsv({ db, clock }: Services): LicenceCsv {
  return { write, read };

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

  async function read(tenantId: string | null, text: string) {
    const products = await db.read('licensing_products').where({ tenant_id: tenantId ?? '' });
    const lines = linesOf(text, { tenantId, products, now: clock.now() });
    let imported = 0;
    // In short transactions: others write too.
    for (let start = 0; start < lines.length; start += LINES_PER_TRANSACTION) {
      const some = lines.slice(start, start + LINES_PER_TRANSACTION);
      imported += await db.transaction((trx) => insert(trx, tenantId, some));
    }
    return { imported, skipped: lines.length - imported };
  }

  async function insert(trx: Transaction, tenantId: string | null, lines: Line[]): Promise<number> {
    // Two files may name the same licence, and in another order: one part of them after the other.
    if (db.client === 'pg') await trx.raw("select pg_advisory_xact_lock(hashtext('licensing.import'))");
    let imported = 0;
    const counts: Record<string, number> = {};
    for (const { license_id: given, ...line } of lines) {
      const taken = given && (await trx('licensing_licences').where({ license_id: given }).first('id'));
      const license_id = given && !taken ? given : await freeLicenceId(trx);
      const [licence] = await trx('licensing_licences')
        .insert({ ...line, license_id })
        .onConflict('code')
        .ignore()
        .returning('*');
      if (!licence) continue;
      imported++;
      for (const [name, value] of Object.entries(countsOf(licence))) counts[name] = (counts[name] ?? 0) + value;
      await recordHistory(trx, licence, { what: 'imported', detail: {}, at: clock.now() });
    }
    // All at the end and in one order: one after the other, they and somebody who issues would wait for each other.
    await addCounts(trx, tenantId, counts);
    return imported;
  }
}

/** What the lines of one file are read with. */
interface Setting {
  tenantId: string | null;
  products: readonly ProductRow[];
  now: number;
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

/** Every line checked before anything is written. */
function linesOf(text: string, setting: Setting): Line[] {
  let records: Record<string, string>[];
  try {
    records = parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true });
  } catch (cause) {
    throw invalid([{ line: 0, message: cause instanceof Error ? cause.message : 'not CSV' }], cause);
  }
  const errors: { line: number; message: string }[] = [];
  const lines = records.map((record, index) => {
    const complain = (message: string): void => void errors.push({ line: index + 2, message });
    return lineOf(record, setting, complain);
  });
  if (errors.length > 0) throw invalid(errors.slice(0, MOST_ERRORS));
  return lines;
}

function lineOf(
  record: Record<string, string>,
  { tenantId, products, now }: Setting,
  complain: (message: string) => void,
): Line {
  const cell = (name: string): string => (record[name] ?? '').replace(/^'(?=[=+\-@\t\r])/, '').replaceAll('\0', '');
  const activation_code = cell('activation_code');
  const code = normalCode(activation_code);
  if (code.length < 4 || activation_code.length > 80 || code.length > 80)
    complain('activation_code must have 4 to 80 characters');
  const email = cell('email').toLowerCase();
  if (!isEmail(email)) complain('email is not an address');
  const device_cap = Number(cell('device_cap') || cell('device_limit') || DEFAULT_DEVICE_CAP);
  if (!Number.isInteger(device_cap) || device_cap < 1 || device_cap > 1000) complain('device_cap must be 1 to 1000');
  const license_id = cell('license_id') || null;
  if (license_id && !/^[\w-]{1,40}$/.test(license_id)) complain('license_id has at most 40 letters, digits and dashes');
  const wanted = cell('product');
  const product = products.find(({ code, product_id }) => code === wanted || product_id === wanted);
  if (wanted && !product) complain(`product must be one that is here already; there is no ${wanted.slice(0, 64)}`);
  const plan = oneOf<Plan>('plan', ['monthly', 'yearly', 'lifetime']) ?? 'lifetime';
  const issued_at = time('issued_at') ?? now;
  const days = DEFAULT_DAYS[plan];
  return {
    license_id,
    tenant_id: tenantId,
    activation_code,
    code,
    email,
    plan,
    device_cap,
    user_hint: cell('user_hint').slice(0, 500),
    status:
      (cell('status') && oneOf<LicenceStatus>('status', ['active', 'revoked', 'expired', 'suspended'])) || 'active',
    revoked_reason: null,
    issued_at,
    // A plan with an end has one, whatever the file leaves out.
    valid_until: time('valid_until') ?? (days === null ? null : issued_at + days * DAY_MS),
    active_devices: 0,
    product_id: product?.id ?? null,
    is_trial: Number(cell('trial') === 'yes'),
    // What the file does not say is the product's rule, as for a licence that is made here.
    is_floating: yes('floating') ?? product?.is_floating ?? 0,
    replaces_oldest: yes('replaces_oldest') ?? Number(product?.device_policy === 'replace_oldest'),
    entitlements: jsonObject('entitlements'),
    max_version: cell('max_version').slice(0, 64) || null,
    suspended_at: null,
    abused_at: null,
    reminded_for: null,
    created_at: now,
    updated_at: now,
  };

  function oneOf<T extends string>(name: string, values: readonly T[]): T | null {
    const found = values.find((value) => value === cell(name));
    if (!found) complain(`${name} must be one of ${values.join(', ')}`);
    return found ?? null;
  }

  function yes(name: string): number | null {
    if (!cell(name)) return null;
    return Number(oneOf(name, ['yes', 'no']) === 'yes');
  }

  function jsonObject(name: string): string | null {
    if (!cell(name)) return null;
    try {
      const value: unknown = JSON.parse(cell(name));
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return JSON.stringify(value);
    } catch {
      // Said below, as for JSON of another kind.
    }
    complain(`${name} must be a JSON object`);
    return null;
  }

  function time(name: string): number | null {
    if (!cell(name)) return null;
    const ms = Date.parse(cell(name));
    if (Number.isNaN(ms)) complain(`${name} is not a time such as 2026-12-31T00:00:00Z`);
    return Number.isNaN(ms) ? null : ms;
  }
}

function invalid(errors: { line: number; message: string }[], cause?: unknown): AppError {
  return new AppError('INVALID_CSV', 'Nothing was imported: some lines are not right', {
    status: 422,
    extra: { lines: errors },
    cause,
  });
}
