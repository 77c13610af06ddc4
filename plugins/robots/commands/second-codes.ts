/** Codes of the newer dialect, and how its frames are written. */

/** Codes of errors and of closing. 1000 tells these clients not to come back. */
export const SECOND_CODES = {
  badFrame: 4000,
  badParameter: 4001,
  lateAuthentication: 4006,
  invalidToken: 4010,
  expiredToken: 4011,
  tooMany: 4029,
  internal: 5000,
} as const;

export function secondFrame(type: string, data: Record<string, unknown>, now: number): string {
  return JSON.stringify({ type, data, timestamp: now });
}

export function errorFrame(code: number, message: string, now: number): string {
  return secondFrame('error', { code, message }, now);
}
