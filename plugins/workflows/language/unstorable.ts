/** What YAML and JSON can say, but no database can keep: a value inside itself, and the character NUL. */
import { pointerStep } from './definition.ts';

export interface Refused {
  /** JSON pointer. */
  path: string;
  message: string;
}

/** The first such value; null when there is none. What stands in several places is looked at once. */
export function unstorable(root: unknown): Refused | null {
  const around = new Set<object>();
  const seen = new Set<object>();
  return refusedIn(root, '');

  function refusedIn(value: unknown, path: string): Refused | null {
    if (typeof value === 'string') return value.includes('\0') ? nul(path) : null;
    if (typeof value !== 'object' || value === null) return null;
    if (around.has(value)) return { path, message: 'An alias of something that it is a part of has no end' };
    if (seen.has(value)) return null;
    seen.add(value);
    around.add(value);
    for (const [key, inner] of Object.entries(value)) {
      const refused = key.includes('\0') ? nul(path) : refusedIn(inner, `${path}/${pointerStep(key)}`);
      if (refused) return refused;
    }
    around.delete(value);
    return null;
  }
}

function nul(path: string): Refused {
  return { path, message: 'The character NUL cannot be stored' };
}
