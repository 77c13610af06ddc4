/** How licences look on the wire, exactly as in the licence document. */
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
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

export function generatedView(row: LicenceRow) {
  const { license_id, activation_code, email, plan, device_cap } = row;
  return { license_id, activation_code, email, plan, device_cap, valid_until: timeOrNull(row.valid_until) };
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
    valid_until: timeOrNull(row.valid_until),
    user_hint,
    status,
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
    active_devices,
  };
}

export function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : isoSeconds(ms);
}
