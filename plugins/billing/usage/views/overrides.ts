/** How limits that a tenant was granted look on the wire. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { Numbers } from '../../views.ts';
import type { OverrideRow } from '../tables.ts';

export const OverrideView = Type.Object({ tenant_id: Type.String(), limits: Numbers, updated_at: Type.String() });

export function overrideView({ tenant_id, limits, updated_at }: OverrideRow): Static<typeof OverrideView> {
  return { tenant_id, limits: JSON.parse(limits), updated_at: isoSeconds(updated_at) };
}
