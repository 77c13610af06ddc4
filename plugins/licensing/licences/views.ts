/** How licences look on the wire: as in the licence document, and with what is beyond it. */
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { versionOf } from '#core/plugin.ts';
import { Entitlements } from '../products/entitlements.ts';
import type { Products } from '../products/products.ts';
import { termsOf } from './licence-rows.ts';
import type { LicenceRow } from './tables.ts';

const TimeOrNull = Type.Union([Type.String(), Type.Null()]);

export const GeneratedView = Type.Object(
  {
    license_id: Type.String(),
    activation_code: Type.String(),
    email: Type.String(),
    plan: Type.String(),
    device_cap: Type.Integer(),
    valid_until: TimeOrNull,
  },
  {
    examples: [
      {
        license_id: 'LIC-ABC12345',
        activation_code: 'ABCDE-FGHIJ-KLMN',
        email: 'user@example.com',
        plan: 'monthly',
        device_cap: 5,
        valid_until: '2026-02-25T12:00:00Z',
      },
    ],
  },
);

export const LicenceView = Type.Object({
  id: Type.Integer(),
  license_id: Type.String(),
  activation_code: Type.String(),
  email: Type.String(),
  plan: Type.String(),
  device_limit: Type.Integer(),
  issued_at: Type.String(),
  valid_until: TimeOrNull,
  user_hint: Type.String(),
  status: Type.String(),
  created_at: Type.String(),
  updated_at: Type.String(),
  active_devices: Type.Integer(),
});

export const ExtendedView = Type.Object({
  ...LicenceView.properties,
  product: Type.String({ description: 'Its code' }),
  product_name: Type.Union([Type.String(), Type.Null()], { description: 'Null: the default product' }),
  trial: Type.Boolean(),
  floating: Type.Boolean(),
  entitlements: Entitlements,
  max_version: Type.Union([Type.String(), Type.Null()]),
  mail_failure: Type.Union([Type.String(), Type.Null()], {
    description: 'Why the last mail to the customer was not delivered; null: nothing is known against it',
  }),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});

export function generatedView(row: LicenceRow) {
  const { license_id, activation_code, email, plan, device_cap } = row;
  return { license_id, activation_code, email, plan, device_cap, valid_until: isoSeconds(row.valid_until) };
}

export function licenceView(row: LicenceRow) {
  const { id, license_id, activation_code, email, plan, device_cap, user_hint, status, active_devices } = row;
  return {
    id,
    license_id,
    activation_code,
    email,
    plan,
    device_limit: device_cap,
    issued_at: isoSeconds(row.issued_at),
    valid_until: isoSeconds(row.valid_until),
    user_hint,
    status,
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
    active_devices,
  };
}

export async function extendedView(licence: LicenceRow, products: Products) {
  const { code, productId, name, entitlements } = await products.rulesOf(licence);
  return {
    ...licenceView(licence),
    product: code,
    product_name: productId === null ? null : name,
    trial: licence.is_trial === 1,
    floating: licence.is_floating === 1,
    entitlements,
    max_version: licence.max_version,
    mail_failure: licence.mail_failure,
    version: versionOf(termsOf(licence)),
  };
}
