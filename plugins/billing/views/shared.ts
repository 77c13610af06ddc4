/** Parts of the wire format that several views use. */
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';

export const Numbers = Type.Record(Type.String(), Type.Integer());
export const TextOrNull = Type.Union([Type.String(), Type.Null()]);
export const CycleSchema = Type.Enum(['monthly', 'yearly']);

export function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : isoSeconds(Number(ms));
}

export function pageOf<T extends Type.TSchema>(item: T) {
  return Type.Object({
    items: Type.Array(item),
    total: Type.Integer(),
    page: Type.Integer(),
    page_size: Type.Integer(),
  });
}
