/** A platform with billing, and what tests of meters do with it again and again. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestOptions, type TestPlatform } from '#test/support/harness.ts';

const QUIET = { http: { rateLimit: { enabled: false } } };

export async function startMetered(plugins: object, options: Omit<TestOptions, 'plugins'> = {}): Promise<TestPlatform> {
  return startPlatform({ config: QUIET, ...options, plugins: { auth: authConfig, billing: {}, ...plugins } });
}

/** An owner whose tenant has these limits. */
export async function limited(app: TestPlatform, limits: object): Promise<Person> {
  const owner = await register(app);
  await limit(app, owner, limits);
  return owner;
}

export async function limit(app: TestPlatform, { tenantId }: Person, limits: object): Promise<void> {
  const admin = (await signInAdmin(app)).http;
  const answer = await admin.patch(`/api/platform/billing/tenants/${tenantId}/overrides`, limits);
  assert.equal(answer.status, 200, answer.text);
}

export async function usedOf(app: TestPlatform, tenantId: string, meter: string): Promise<number> {
  await app.services.usageMeters.writeNotes();
  return (await app.services.usage.level(tenantId, meter)).used;
}
