/** Kills the process while licences are issued and devices take their places. */
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import { ROOT_TOKEN, type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { kill } from './kill.ts';

const CALLERS = 8;
const CAP = 3;
const DEVICES_TRIED = 5;

/** Gives how much of what was acknowledged is missing, or counted twice. */
export async function drillLicensing(rounds: number): Promise<number> {
  const folder = temporaryFolder();
  const issued = new Set<string>();
  const activated = new Set<string>();
  for (let round = 1; round <= rounds; round++) {
    const platform = await startPlatformProcess(folder.path);
    const load = Array.from({ length: CALLERS }, (_, index) => use(platform, `${round}-${index}`));
    await sleep(300 + Math.random() * 1_200);
    await kill(platform);
    await Promise.all(load);
    console.log(`round ${round}: killed; ${issued.size} licences and ${activated.size} devices acknowledged so far`);
  }

  // What was under way at the last kill is recovered by the next start.
  await (await startPlatformProcess(folder.path)).stop();
  const problems = await check(`${folder.path}/patchbay.sqlite3`);
  for (const problem of problems) console.log(problem);
  folder.remove();
  return problems.length;

  async function use(platform: Running, prefix: string): Promise<void> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${ROOT_TOKEN}` };
    const call = async (path: string, body: object): Promise<any> => {
      const options = { method: 'POST', headers, body: JSON.stringify(body) };
      return (await fetch(`http://127.0.0.1:${platform.ready.http}${path}`, options)).json();
    };
    try {
      for (;;) {
        const email = `${prefix}@example.com`;
        const { license } = await call('/api/admin/generate', { plan: 'yearly', email, device_cap: CAP });
        issued.add(license.license_id);
        const { activation_code } = license;
        const devices = Array.from({ length: DEVICES_TRIED }, async (_, index) => {
          const device_id = `device-${index}`;
          const { code } = await call('/api/verify', { activation_code, email, device_id });
          if (code === 'SUCCESS') activated.add(`${license.license_id} ${device_id}`);
        });
        await Promise.all(devices);
      }
    } catch {
      // The process is gone: what was not answered was not acknowledged.
    }
  }

  async function check(filename: string): Promise<string[]> {
    const db = knex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true });
    const licences = await db('licensing_licences').select('id', 'license_id', 'device_cap', 'active_devices');
    const devices = await db('licensing_devices').select('licence_id', 'device_id', 'status');
    const counts = new Map((await db('licensing_counts')).map(({ name, value }) => [name, value]));
    await db.destroy();
    const byId = new Map(licences.map((licence) => [licence.id, licence]));
    const active = new Map<string, number>();
    const there = new Set<string>();
    for (const { licence_id, device_id } of devices) {
      const license_id = byId.get(licence_id)?.license_id ?? '';
      active.set(license_id, (active.get(license_id) ?? 0) + 1);
      there.add(`${license_id} ${device_id}`);
    }
    const known = new Set(licences.map(({ license_id }) => license_id));
    return [
      ...[...issued].filter((id) => !known.has(id)).map((id) => `lost licence: ${id}`),
      ...[...activated].filter((device) => !there.has(device)).map((device) => `lost device: ${device}`),
      ...licences
        .filter(({ license_id, active_devices }) => active_devices !== (active.get(license_id) ?? 0))
        .map(({ license_id }) => `${license_id} counts its devices wrongly`),
      ...licences
        .filter(({ active_devices, device_cap }) => active_devices > device_cap)
        .map(({ license_id }) => `${license_id} has more devices than its cap`),
      ...(counts.get('total') === licences.length ? [] : ['the count of licences is wrong']),
      ...(counts.get('devices') === devices.length ? [] : ['the count of devices is wrong']),
    ];
  }
}
