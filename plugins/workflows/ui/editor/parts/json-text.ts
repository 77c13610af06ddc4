/** JSON as people write it in a field. */

export function jsonOf(value: unknown): string {
  return JSON.stringify(value ?? null, null, 2);
}

/** Null while it is none yet. */
export function readJson(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}
