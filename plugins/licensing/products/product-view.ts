/** How products look on the wire. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { versionOf } from '#core/plugin.ts';
import type { ProductRow } from './tables.ts';

export const Entitlements = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 100 });

export const ProductView = Type.Object({
  product_id: Type.String(),
  code: Type.String(),
  name: Type.String(),
  entitlements: Entitlements,
  current_version: Type.Union([Type.String(), Type.Null()]),
  device_policy: Type.String(),
  floating: Type.Boolean(),
  lease_seconds: Type.Integer(),
  trial_days: Type.Integer(),
  offline_days: Type.Integer(),
  grace_days: Type.Integer(),
  created_at: Type.String(),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});

export function productView(row: ProductRow): Static<typeof ProductView> {
  const { product_id, code, name, current_version, device_policy, lease_seconds } = row;
  const { trial_days, offline_days, grace_days } = row;
  return {
    product_id,
    code,
    name,
    entitlements: JSON.parse(row.entitlements),
    current_version,
    device_policy,
    floating: row.is_floating === 1,
    lease_seconds,
    trial_days,
    offline_days,
    grace_days,
    created_at: isoSeconds(row.created_at),
    version: versionOf(row),
  };
}
