/** A line of a CSV of licences as a row. Pure. */

import { DAY_MS } from '#core/kit.ts';
import { normalCode } from '../../codes.ts';
import type { ProductRow } from '../../products/tables.ts';
import { isEmail } from '../email-schema.ts';
import { DEFAULT_DAYS, DEFAULT_DEVICE_CAP } from '../licences.ts';
import type { LicenceRow, LicenceStatus, Plan } from '../tables.ts';

export type Line = Omit<LicenceRow, 'id' | 'license_id'> & { license_id: string | null };

/** What the lines of one file are read with. */
export interface Setting {
  tenantId: string | null;
  products: readonly ProductRow[];
  now: number;
}

export const REQUIRED_COLUMNS = ['activation_code', 'email', 'plan'];

/** One line, checked; what is wrong with it goes to `complain`. */
export function lineOf(
  record: Readonly<Record<string, string>>,
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
  const validUntil = time('valid_until') ?? (days === null ? null : issued_at + days * DAY_MS);
  const status =
    (cell('status') && oneOf<LicenceStatus>('status', ['active', 'revoked', 'expired', 'suspended'])) || 'active';
  return {
    license_id,
    tenant_id: tenantId,
    activation_code,
    code,
    email,
    plan,
    device_cap,
    user_hint: cell('user_hint').slice(0, 500),
    status,
    revoked_reason: null,
    issued_at,
    // A plan with an end has one, whatever the file leaves out; what is over has ended by now, since its time decides.
    valid_until: status === 'expired' && validUntil !== null ? Math.min(validUntil, now) : validUntil,
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
    mail_failure: null,
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
    const ms = timeOf(cell(name));
    if (ms === null) complain(`${name} is not a time such as 2026-12-31 or 2026-12-31T00:00:00Z`);
    return ms;
  }
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** ISO 8601 with the year first; without a zone it is UTC, wherever this server stands. */
function timeOf(text: string): number | null {
  const [, date = '', time = '00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  const ms = Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(ms)) return null;
  // Date.parse makes 3 March of 31 February.
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date) ? ms : null;
}
