/** Keys by which the same start is recognised: what they are made of may be longer than their column. */
import { sha256 } from '#core/kit.ts';

const LONGEST = 300;

/** The same for the same parts alone. A long key, and one that PostgreSQL could not keep, is told by its digest. */
export function startKeyOf(kind: string, ...parts: readonly string[]): string {
  const key = `${kind}:${parts.length === 1 ? parts[0] : JSON.stringify(parts)}`;
  return key.length <= LONGEST && !key.includes('\0') ? key : `${kind}#${sha256(key)}`;
}
