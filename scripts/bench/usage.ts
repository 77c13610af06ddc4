/** (e) usage.consume from 50 concurrent callers, inside the process, on SQLite with its full durability. */
import { createPlatform } from '#core/platform.ts';
import type {} from '#plugins/billing/contract.ts';
import { insidesOf } from '#test/support/insides.ts';
import { ADMIN, type Figure, median, temporaryFolder, warmUp } from './processes.ts';

const ROUNDS = 3;
const SECONDS = 3;
const CALLERS = 50;
const TARGET = 20_000;
/** Few tenants that send much, as in real life: the callers meet on the same rows. */
const TENANTS = 10;

export async function measureUsage(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const platform = await createPlatform({
    env: {},
    overrides: {
      dataDir: folder.path,
      http: { port: 0, rateLimit: { enabled: false } },
      logging: { level: 'warn' },
      plugins: { auth: { admin: ADMIN }, billing: { defaultPlan: 'self-hosted' }, mail: { enabled: false } },
    },
  });
  await platform.start();
  const { usageMeters: usage, db } = insidesOf(platform);
  const tenants = Array.from({ length: TENANTS }, (_, index) => `tenant-${index}`);
  const limits = JSON.stringify({ max_messages_per_month: 1_000_000_000 });
  await db.write('billing_overrides').insert(tenants.map((tenant_id) => ({ tenant_id, limits, updated_at: 0 })));

  const perSecond = async (seconds: number): Promise<number> => {
    let count = 0;
    const startedAt = performance.now();
    const caller = async (number: number): Promise<void> => {
      const tenant = tenants[number % TENANTS] ?? '';
      while (performance.now() - startedAt < seconds * 1000) {
        await usage.consume(tenant, 'messages');
        count++;
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, (_, number) => caller(number)));
    return count / ((performance.now() - startedAt) / 1000);
  };
  await warmUp(perSecond);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rates.push(await perSecond(SECONDS));
    console.log(`        usage.consume: ${Math.round(rates.at(-1) ?? 0)}/s from ${CALLERS} callers`);
  }
  await platform.stop();
  folder.remove();
  const rate = median(rates);
  return [
    {
      what: `usage.consume from ${CALLERS} callers`,
      value: `${Math.round(rate)}/s`,
      target: `at least ${TARGET}/s`,
      isMet: rate >= TARGET,
    },
  ];
}
