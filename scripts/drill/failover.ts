/**
 * Two replicas on a primary with a synchronous standby, under every kind of write: the primary dies, and two seconds later the standby is
 * promoted. Nothing that was acknowledged may be missing, and both serve again within ten seconds of the promotion. Once they know
 * both servers (`database.connection` with two hosts), once an address that leads to the primary moves (a proxy, a virtual address).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import { startTcpProxy } from '#test/support/tcp-proxy.ts';
import { type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { createLatencies } from './latencies.ts';
import { makeDatabase, missing } from './nothing-missing.ts';
import { promote, startPrimaryAndStandby } from './standby.ts';
import { type Acknowledged, beginWrites, prepareWrites, startOutside } from './writes.ts';

const CALM_MS = 10_000;
const WITHOUT_PRIMARY_MS = 2_000;
const AFTERWARDS_MS = 15_000;
const SERVES_WITHIN_MS = 10_000;
const POLL_MS = 50;

/** Gives how much is missing, there twice, or too late. */
export async function drillFailover(): Promise<number> {
  let problems = 0;
  for (const way of ['two hosts in the address', 'an address that moves'] as const) problems += await failOver(way);
  return problems;
}

async function failOver(way: 'two hosts in the address' | 'an address that moves'): Promise<number> {
  const { primary, standby } = await startPrimaryAndStandby();
  const [first, second] = [new URL(await makeDatabase(primary)), new URL(standby.url)];
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(first.port) });
  const connection =
    way === 'an address that moves'
      ? Object.assign(new URL(first), { port: String(proxy.port) }).href
      : first.href.replace(first.host, `${first.host},${second.host}`);
  const folder = temporaryFolder();
  const outside = await startOutside();
  const acknowledged: Acknowledged = { mails: new Set(), licences: new Set(), executions: new Set(), keys: new Set() };
  const start = (): Promise<Running> =>
    startPlatformProcess(folder.path, {
      PATCHBAY_DATABASE: JSON.stringify({ client: 'pg', connection }),
      PATCHBAY_HTTP__OUTBOUND__ALLOW: JSON.stringify(['127.0.0.1']),
    });
  const replicas = [await start(), await start()];
  const [replica] = replicas as [Running, Running];
  await prepareWrites(replica, outside.url);
  const latencies = replicas.map(() => createLatencies());
  const writers = replicas.map((one, number) =>
    beginWrites({ replica: one, name: `replica-${number}`, acknowledged, latencies: latencies[number] }),
  );
  await sleep(CALM_MS);

  await primary.crash();
  await sleep(WITHOUT_PRIMARY_MS);
  // What was under way when it died has ended, one way or the other.
  for (const one of latencies) one.endPhase();
  await promote(standby);
  proxy.leadTo(Number(second.port));
  const servedAfterMs = await untilEachServes(latencies);
  await sleep(AFTERWARDS_MS);

  await Promise.all(writers.map((writer) => writer.stop()));
  const db = knex({ client: 'pg', connection: Object.assign(second, { pathname: first.pathname }).href });
  const problems = [...(await missing(db, replica, acknowledged)), ...outside.problems(acknowledged.executions)];
  if (servedAfterMs > SERVES_WITHIN_MS) problems.push(`served again after ${(servedAfterMs / 1000).toFixed(1)} s only`);
  await db.destroy();
  const { mails, licences, executions, keys } = acknowledged;
  console.log(
    `${way}: served again ${(servedAfterMs / 1000).toFixed(1)} s after the promotion; ` +
      `${mails.size} mails, ${licences.size} licences, ${executions.size} executions, ${keys.size} API keys acknowledged`,
  );
  for (const problem of problems.slice(0, 30)) console.log(problem);
  await Promise.all(replicas.map((one) => one.stop()));
  await proxy.stop();
  outside.close();
  await standby.stop();
  await primary.stop();
  folder.remove();
  return problems.length;
}

/** Milliseconds until each replica has acknowledged something of each kind; infinite when that does not come. */
async function untilEachServes(latencies: readonly ReturnType<typeof createLatencies>[]): Promise<number> {
  const beganAt = performance.now();
  const kinds = latencies.map(() => new Set<string>());
  while (performance.now() - beganAt < 6 * SERVES_WITHIN_MS) {
    await sleep(POLL_MS);
    for (const [number, one] of latencies.entries()) {
      for (const what of one.endPhase().keys()) kinds[number]?.add(what);
    }
    if (kinds.every((some) => some.size === KINDS)) return performance.now() - beganAt;
  }
  return Number.POSITIVE_INFINITY;
}

/** Mails, licences, API keys, executions. */
const KINDS = 4;
