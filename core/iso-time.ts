/** Times as the API documents show them. */

/** ISO 8601 in UTC without milliseconds: `2025-02-25T00:00:00Z`. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
