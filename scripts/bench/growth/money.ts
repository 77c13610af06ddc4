/** Licences with a device each; invoices, subscriptions and usage of as many tenants. */
import type {} from '#plugins/billing/contract.ts';
import { fill, oneOf, spellingOf } from './filling.ts';
import type { Part } from './parts.ts';

const DAY_MS = 24 * 3600 * 1000;

export const licences: Part = {
  async fill({ services: { db }, count }) {
    const { uuid, digits } = spellingOf(db);
    const now = Date.now();
    await fill(db, 'licensing_licences', count, {
      license_id: `'LIC-' || i`,
      tenant_id: uuid('i % 100', 1),
      activation_code: `'CODE-' || ${digits('i', 12)}`,
      code: `'CODE' || ${digits('i', 12)}`,
      email: `'person' || i || '@example.org'`,
      plan: oneOf('i', 'monthly', 'yearly', 'lifetime'),
      device_cap: 3,
      issued_at: now,
      status: oneOf('i', ...Array(99).fill('active'), 'suspended'),
      valid_until: `${now + 30 * DAY_MS} + i`,
      created_at: now,
      updated_at: now,
      active_devices: 1,
    });
    await fill(db, 'licensing_history', count, {
      licence_id: '1 + (i % 10)',
      what: `'issued'`,
      detail: `'{}'`,
      at: now,
    });
    await fill(db, 'licensing_files', count, {
      licence_id: 'i',
      device_id: `'device-' || i`,
      valid_until: now + DAY_MS,
    });
    await fill(db, 'licensing_leases', count, {
      lease_id: `'lease-' || i`,
      licence_id: 'i',
      device_id: `'device-' || i`,
      acquired_at: now,
      expires_at: now + DAY_MS,
    });
    await fill(db, 'licensing_sightings', count, { licence_id: 'i', kind: `'ip'`, value: `'x'`, seen_at: now });
    await fill(db, 'licensing_devices', count, {
      licence_id: 'i',
      device_id: `'device-' || i`,
      status: `'active'`,
      activated_at: now,
      last_seen_at: now,
    });
  },
  measured({ get, cron, post }) {
    const list = '/api/admin/licenses?limit=100';
    const lists = '/api/platform/licensing';
    return [
      { what: 'lists: licences', run: () => get(`${lists}/licences`) },
      { what: 'lists: licences, suspended ones', run: () => get(`${lists}/licences?status=suspended`) },
      { what: 'lists: devices', run: () => get(`${lists}/devices`) },
      ...['devices', 'history', 'leases', 'files'].map((part) => ({
        what: `lists: ${part} of a licence`,
        run: () => get(`${lists}/licences/LIC-7/${part}`),
      })),
      { what: 'lists: products', run: () => get(`${lists}/products`) },
      { what: 'licences: list', run: () => get(list) },
      { what: 'licences: suspended ones', run: () => get(`${list}&status=suspended`) },
      { what: 'licences: stats', run: () => get('/api/admin/stats') },
      {
        what: 'licences: verify',
        run: () =>
          post('/api/verify', {
            email: 'person777@example.org',
            activation_code: 'CODE-000000000777',
            device_id: 'device-777',
          }),
      },
      ...['licensing.expire', 'licensing.remind', 'licensing.tidy'].map((name) => ({
        what: `cron: ${name}`,
        times: 3,
        run: () => cron(name),
      })),
    ];
  },
};

export const billing: Part = {
  async fill({ services: { db }, count }) {
    const { uuid } = spellingOf(db);
    const now = Date.now();
    const at = `${now} - (${count} - i) * 1000`;
    const month = new Date(now).toISOString().slice(0, 7);
    const plan = Number((await db.read('billing_plans').min({ id: 'id' }).first())?.id ?? 1);
    await fill(db, 'auth_tenants', 1000, {
      uuid: uuid('i', 1),
      name: `'Company ' || i`,
      status: `'active'`,
      settings: `'{}'`,
      created_at: now,
      updated_at: now,
    });
    await fill(db, 'billing_invoices', count, {
      number: `'INV-' || i`,
      tenant_id: uuid('i % 1000', 1),
      provider: `'manual'`,
      status: oneOf('i', ...Array(99).fill('paid'), 'open'),
      currency: `'EUR'`,
      subtotal: 100,
      discount: 0,
      credit: 0,
      total: 100,
      lines: `'[]'`,
      issuer: `'{}'`,
      customer: `'{}'`,
      period_start: at,
      period_end: at,
      created_at: at,
      due_at: at,
    });
    await fill(db, 'billing_subscriptions', count, {
      uuid: uuid('i', 8),
      tenant_id: uuid('i', 1),
      plan,
      provider: `'manual'`,
      status: `'active'`,
      billing_cycle: `'monthly'`,
      price: 100,
      currency: `'EUR'`,
      anchor_at: now,
      period_start: now,
      period_end: `${now + 20 * DAY_MS} + i`,
      synced_at: now,
      created_at: now,
      updated_at: now,
    });
    await fill(db, 'billing_usage', count, {
      tenant_id: uuid('i', 1),
      meter: `'messages'`,
      period: `'${month}'`,
      used: 'i',
      announced: 0,
      announced_in: `''`,
      updated_at: now,
    });
    await fill(db, 'billing_usage_keys', count, {
      tenant_id: uuid('i', 1),
      meter: `'messages'`,
      idempotency_key: `'key' || i`,
      at: `${now} - i`,
    });
    await fill(db, 'billing_usage_daily', count, {
      tenant_id: uuid('i', 1),
      day: `'${month}-01'`,
      meter: `'messages'`,
      used: 'i',
    });
    await fill(db, 'billing_usage_history', count, {
      tenant_id: uuid('i', 1),
      period: `'2020-01'`,
      meter: `'messages'`,
      used: 'i',
      closed_at: now,
    });
    await fill(db, 'billing_overrides', count, { tenant_id: uuid('i', 1), limits: `'{}'`, updated_at: `${now} - i` });
    await fill(db, 'billing_checkouts', count, {
      session_id: `'session' || i`,
      tenant_id: uuid('i % 1000', 1),
      provider: `'manual'`,
      plan,
      billing_cycle: `'monthly'`,
      amount: 100,
      currency: `'EUR'`,
      quote: `'{}'`,
      status: oneOf('i', ...Array(99).fill('completed'), 'expired'),
      created_at: at,
      expires_at: at,
    });
  },
  measured({ get, cron, services: { usageMeters } }) {
    const list = '/api/platform/billing/all-invoices';
    return [
      { what: 'invoices: list', run: () => get(list) },
      { what: 'invoices: open ones', run: () => get(`${list}?status=open`) },
      { what: 'checkouts: list', run: () => get('/api/platform/billing/checkouts') },
      ...['subscriptions', 'coupons', 'overrides', 'all-plans', 'plans', 'meters/messages/usage'].map((what) => ({
        what: `${what}: list`,
        run: () => get(`/api/platform/billing/${what}`),
      })),
      ...['days', 'months'].map((what) => ({
        what: `usage of a tenant by ${what}: list`,
        run: () => get(`/api/platform/billing/tenants/10000000-0000-7000-8000-000000000777/usage/${what}`),
      })),
      { what: 'plans of administrators', run: () => get('/api/v2/admin/plans') },
      { what: 'usage: consume', run: () => usageMeters.consume('bench-tenant', 'messages') },
      ...[
        'billing.advance',
        'billing.closeUsage',
        'billing.reconcileUsage',
        'billing.reconcile',
        'billing.cleanUp',
      ].map((name) => ({
        what: `cron: ${name}`,
        times: 3,
        run: () => cron(name),
      })),
    ];
  },
};
