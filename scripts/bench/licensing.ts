/** (f) Licensing with a million licences: verification against a bare Koa POST, and what administrators look at. */
import knex from 'knex';
import {
  type Figure,
  median,
  ROOT_TOKEN,
  runHttpLoad,
  startPlatformProcess,
  startScript,
  temporaryFolder,
  warmUp,
} from './processes.ts';

const LICENCES = 1_000_000;
const ROUNDS = 3;
const LOAD = { path: '/api/verify', seconds: 5, connections: 20 };
/** One code and device each; `{n}` is drawn anew for each request. */
const BODY = '{"activation_code":"BENCH-{n}","email":"customer{n}@example.com","device_id":"device-{n}"}';

export async function measureLicensing(): Promise<Figure[]> {
  const folder = temporaryFolder();
  await (await startPlatformProcess(folder.path)).stop();
  await fill(`${folder.path}/patchbay.sqlite3`);
  const platform = await startPlatformProcess(folder.path);
  const port = platform.ready.http;
  const sample = BODY.replaceAll('{n}', '7');
  const answer = await post(port, sample);
  if (!answer.includes('"SUCCESS"')) throw new Error(answer);
  const bare = await startScript('./bare-koa.ts', [answer]);
  // The same promise and nothing else: what the disk and the libraries leave to reach.
  const durableFolder = temporaryFolder();
  const durable = await startScript('./cpu/bare.ts', [durableFolder.path, '0', '0', String(LICENCES)]);

  const load = { ...LOAD, body: BODY, numbers: LICENCES };
  await warmUp((seconds) => runHttpLoad({ ...load, seconds, port: bare.ready.http }));
  await warmUp((seconds) => runHttpLoad({ ...load, seconds, port: durable.ready.http }));
  await warmUp((seconds) => runHttpLoad({ ...load, seconds, port }));
  const ratios: number[] = [];
  const durableRatios: number[] = [];
  let fastest = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const limit = await runHttpLoad({ ...load, port: bare.ready.http });
    const same = await runHttpLoad({ ...load, port: durable.ready.http });
    const ours = await runHttpLoad({ ...load, port });
    if (ours.failures) throw new Error(`${ours.failures} requests failed`);
    fastest = Math.max(fastest, ours.perSecond ?? 0);
    ratios.push((ours.perSecond ?? 0) / (limit.perSecond ?? 1));
    durableRatios.push((same.perSecond ?? 0) / (limit.perSecond ?? 1));
    const [verify, koa, durably] = [ours, limit, same].map(({ perSecond = 0 }) => Math.round(perSecond));
    console.log(`        verify: ${verify}/s, bare Koa: ${koa}/s, as durable and nothing else: ${durably}/s`);
  }
  const atHalf = { ...load, seconds: 8, perSecond: fastest / 2 };
  const half = await runHttpLoad({ ...atHalf, port });
  const durableHalf = await runHttpLoad({ ...atHalf, port: durable.ready.http });
  const bareHalf = await runHttpLoad({ ...atHalf, port: bare.ready.http });

  const headers = { authorization: `Bearer ${ROOT_TOKEN}` };
  const look = async (path: string): Promise<number> => {
    const { failures, p50 } = await runHttpLoad({ port, path, headers, seconds: 2, connections: 1 });
    if (failures) throw new Error(`${path} failed`);
    return p50 ?? 0;
  };
  const list = await look('/api/admin/licenses?status=active&limit=100');
  const far = await look('/api/admin/licenses?limit=100&offset=100000');
  const stats = await look('/api/admin/stats');
  await bare.stop();
  await durable.stop();
  durableFolder.remove();
  await platform.stop();
  folder.remove();

  const ratio = median(ratios);
  const ms = ({ p99: of = 0 }: Record<string, number>) => `${of.toFixed(1)} ms`;
  const p99 = half.p99 ?? Number.POSITIVE_INFINITY;
  const under20 = (what: string, ms: number): Figure => ({
    what: `${what} with a million licences`,
    value: `${ms.toFixed(1)} ms`,
    target: 'under 20 ms',
    isMet: ms < 20,
  });
  return [
    {
      what: `verify of a known device with a million licences, of bare Koa (as durable and nothing else: ${median(durableRatios).toFixed(2)})`,
      value: ratio.toFixed(2),
      target: 'at least 0.45',
      isMet: ratio >= 0.45,
    },
    {
      what: `verify p99 at half the maximum rate (${Math.round(fastest / 2)}/s; bare Koa: ${ms(bareHalf)}; as durable and nothing else: ${ms(durableHalf)})`,
      value: `${p99.toFixed(1)} ms`,
      target: 'under 15 ms',
      isMet: p99 < 15,
    },
    under20('list of 100', list),
    under20('list of 100 at offset 100 000', far),
    under20('stats', stats),
  ];
}

/** Written by SQLite itself, straight into the file of a platform that is not running. */
async function fill(filename: string): Promise<void> {
  const db = knex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true });
  const numbers = `with recursive counter(n) as (select 0 union all select n + 1 from counter where n < ${LICENCES - 1})`;
  const year = "strftime('%s', 'now') * 1000 + 31536000000";
  await db.raw('pragma synchronous = off');
  await db.raw(`insert into licensing_licences
    (license_id, activation_code, code, email, plan, device_cap, status, issued_at, valid_until, active_devices, created_at, updated_at)
    ${numbers} select 'LIC-B' || n, 'BENCH-' || n, 'BENCH' || n, 'customer' || n || '@example.com', 'yearly', 5, 'active',
      1, ${year}, 1, 1, 1 from counter`);
  await db.raw(`insert into licensing_devices (licence_id, device_id, seen_from, status, activated_at, last_seen_at)
    select id, 'device-' || substr(code, 6), '127.0.0.1 ', 'active', 1, 1 from licensing_licences`);
  await db.raw(`insert into licensing_counts (tenant_id, name, value) values
    ('', 'total', ${LICENCES}), ('', 'plan.yearly', ${LICENCES}), ('', 'status.active', ${LICENCES}), ('', 'devices', ${LICENCES})`);
  await db.destroy();
}

async function post(port: unknown, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`http://127.0.0.1:${port}${LOAD.path}`, { method: 'POST', headers, body })).text();
}
