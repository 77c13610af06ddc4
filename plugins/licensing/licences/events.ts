/** What events say of a licence. */
import Type from 'typebox';
import type { LicenceEvent } from '../contract.ts';
import type { LicenceRow } from './tables.ts';

export const LicenceFields = {
  license_id: Type.String(),
  email: Type.String(),
  plan: Type.String(),
  valid_until: Type.Union([Type.Integer(), Type.Null()]),
};

export function eventOf({
  license_id,
  email,
  plan,
  valid_until,
}: Pick<LicenceRow, 'license_id' | 'email' | 'plan' | 'valid_until'>): LicenceEvent {
  return { license_id, email, plan, valid_until };
}
