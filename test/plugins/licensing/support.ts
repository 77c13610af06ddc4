/** What the tests of licensing do again and again. */
import assert from 'node:assert/strict';
import { FAILED_TRIES } from '#plugins/licensing/devices/verification.ts';
import type { TestPlatform } from '#test/support/harness.ts';

export const STATIC_KEY = 'a static key for old scripts';
export const EMAIL = 'user@example.com';
export const BASE = '/api/platform/licensing';

/** The verifier of the docs, as a customer's program would copy it. */
const VERIFIER = new URL('../../../docs/licensing/verify-licence.mjs', import.meta.url).href;
export const { verifyLicence } = await import(VERIFIER);

/** The body of an answer, which must have this status. */
export async function made(answer: Promise<{ status: number; body: any; text: string }>, status = 201) {
  const { status: got, body, text } = await answer;
  assert.equal(got, status, text);
  return body;
}

export function proof(of: any) {
  return { activation_code: of.activation_code, email: EMAIL };
}

/** Takes away what a test made of licences and products, and whose tries failed: the next one finds the platform as new. */
export async function cleared({ services: { db, jobs, rateLimits } }: TestPlatform): Promise<void> {
  await jobs.idle();
  for (const table of ['licensing_counts', 'licensing_products', 'licensing_licences'] as const)
    await db.write(table).delete();
  await rateLimits.reset(FAILED_TRIES, '127.0.0.1');
}

/** Calls on the platform that `app` gives at that moment. */
export function callsOf(app: () => TestPlatform) {
  const admin = () => app().http.apiKey(STATIC_KEY);
  return {
    product: (wish: object) => made(admin().post(`${BASE}/products`, { code: 'editor', ...wish })),
    licence: (wish: object = {}) => made(admin().post(`${BASE}/licences`, { plan: 'yearly', email: EMAIL, ...wish })),
    verify: async (of: any, more: object = {}) =>
      (await app().http.post('/api/verify', { ...proof(of), ...more })).body,
  };
}
