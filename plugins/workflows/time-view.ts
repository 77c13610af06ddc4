/** Times on the wire. */
import Type from 'typebox';

export const Time = Type.Union([Type.String(), Type.Null()]);

export function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
