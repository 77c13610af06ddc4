/**
 * The platform counting usage without a pause, as a process to be killed: says which key it asks for, and which was
 * acknowledged. Arguments: data folder, keys to ask for once more first, name of the round ('' to end after that).
 */
import '../bench/settable-clock.ts';
import { createPlatform } from '#core/platform.ts';
import type {} from '#plugins/billing/contract.ts';
import { insidesOf } from '#test/support/insides.ts';

const CALLERS = 20;
/** Few, so that callers meet on the same rows. */
const TENANTS = 3;

const [dataDir = '', repeated = '[]', round = ''] = process.argv.slice(2);
const platform = await createPlatform({
  env: {},
  overrides: {
    dataDir,
    http: { port: 0 },
    logging: { level: 'warn' },
    plugins: { billing: { defaultPlan: 'self-hosted' }, mail: { enabled: false } },
  },
});
await platform.start();
say({ ready: true });
const keys: string[] = JSON.parse(repeated);
await Promise.all(keys.map(consume));
if (round !== '') await Promise.all(Array.from({ length: CALLERS }, (_, caller) => consumeForEver(caller)));
await platform.stop();
process.exit(0);

async function consumeForEver(caller: number): Promise<void> {
  for (let number = 0; ; number++) await consume(`${round}-${number}-${caller}`);
}

async function consume(idempotencyKey: string): Promise<void> {
  const tenant = `tenant-${Number(idempotencyKey.split('-').at(-1)) % TENANTS}`;
  say({ asked: idempotencyKey });
  await insidesOf(platform).usageMeters.consume(tenant, 'messages', 1, { idempotencyKey });
  say({ acknowledged: idempotencyKey });
}

/** Written before it returns: on Linux and macOS Node writes to pipes synchronously. */
function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
