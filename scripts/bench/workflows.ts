/** (g) Workflows: beside Node-RED, tasks per second, what waiting costs, and how soon an event starts something. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Figure,
  median,
  ROOT_TOKEN,
  type Running,
  runHttpLoad,
  startPlatformProcess,
  startScript,
  temporaryFolder,
  warmUp,
} from './processes.ts';

const ROUNDS = 3;
const BODY = '{"name":"you","price":12.5,"count":4}';
const LOAD = { body: BODY, seconds: 4, connections: 20 };
const SET = { total: '${ .price * .count }', greeting: '${ "hello " + .name }' };
const WAITING = 10_000;

export async function measureWorkflows(): Promise<Figure[]> {
  return [...(await besideNodeRed()), await waitingCost(), await eventToStart()];
}

async function besideNodeRed(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const maker = await startPlatformProcess(folder.path);
  await publish(maker, 'full', {}, [{ one: { set: SET } }]);
  await publish(maker, 'silent', { logging: 'none' }, [{ one: { set: SET } }]);
  const ten = Array.from({ length: 10 }, (_, index) => ({ [`step${index}`]: { set: { n: '${ (.n // 0) + 1 }' } } }));
  await publish(maker, 'ten', {}, ten);
  await fetch(`http://127.0.0.1:${maker.ready.http}/hooks/bench/full?wait=10`, { method: 'POST', body: BODY });
  await maker.stop();
  // A second bare program keeps as much in the same table.
  const copy = join(folder.path, 'bare-executions.sqlite3');
  copyFileSync(join(folder.path, 'patchbay.sqlite3'), copy);
  const platform = await startPlatformProcess(folder.path);
  const keeping = await startScript('./workflows/bare-executions.ts', [copy]);
  const peer = await startScript('./node-red.ts');
  // The same promise and nothing else: what the disk and the libraries leave to reach.
  const bareFolder = temporaryFolder();
  const bare = await startScript('./cpu/bare.ts', [bareFolder.path]);
  const sides = {
    peer: { of: peer, path: '/set' },
    full: { of: platform, path: '/hooks/bench/full?wait=10' },
    silent: { of: platform, path: '/hooks/bench/silent?wait=10' },
    ten: { of: platform, path: '/hooks/bench/ten?wait=10' },
    bareFull: { of: bare, path: '/hooks/bench/full' },
    bareSilent: { of: bare, path: '/hooks/bench/silent' },
    keptFull: { of: keeping, path: '/hooks/bench/full' },
    keptSilent: { of: keeping, path: '/hooks/bench/silent' },
  };
  type Side = keyof typeof sides;
  const names = Object.keys(sides) as Side[];
  const loadOf = (name: Side) => ({ ...LOAD, port: sides[name].of.ready.http, path: sides[name].path });
  const rates = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Side, number[]>;
  for (const name of names) await warmUp((seconds) => rate({ ...loadOf(name), seconds: seconds / 2 }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) rates[name].push(await rate(loadOf(name)));
    const now = names.map((name) => `${name} ${Math.round(rates[name].at(-1) ?? 0)}/s`);
    console.log(`        ${now.join(', ')}`);
  }
  for (const { stop } of [peer, platform, bare, keeping]) await stop();
  folder.remove();
  bareFolder.remove();
  const full = median(rates.full);
  const ratio = (name: Side): number => median(rates[name].map((value, round) => value / (rates.peer[round] ?? 1)));
  const tasks = median(rates.ten) * 10;
  return [
    figure(
      'HTTP → set → respond, every task logged durably',
      `${Math.round(full)}/s`,
      'at least 2 200/s',
      full >= 2_200,
    ),
    figure(
      `the same, of Node-RED without durability (as durable: ${ratio('bareFull').toFixed(2)}; keeping as much: ${ratio('keptFull').toFixed(2)})`,
      ratio('full').toFixed(2),
      'at least 0.80',
      ratio('full') >= 0.8,
    ),
    figure(
      `without log, of Node-RED (the bare program: ${ratio('bareSilent').toFixed(2)}; with jq and our headers: ${ratio('keptSilent').toFixed(2)})`,
      ratio('silent').toFixed(2),
      'at least 1.50',
      ratio('silent') >= 1.5,
    ),
    figure('tasks of ten sequential sets', `${Math.round(tasks)}/s`, 'at least 4 000/s', tasks >= 4_000),
  ];
}

async function waitingCost(): Promise<Figure> {
  const folder = temporaryFolder();
  const empty = await startPlatformProcess(folder.path);
  await settled(empty);
  const idle = rssMb(empty);
  await empty.stop();
  const platform = await startPlatformProcess(folder.path);
  await publish(platform, 'wait', {}, [{ w: { wait: { hours: 5 } } }]);
  await publish(platform, 'listen', {}, [{ l: { listen: { to: { one: { with: { type: 'never.comes' } } } } } }]);
  const begin = async (name: string, count: number): Promise<void> => {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left-- > 0)
        await fetch(`http://127.0.0.1:${platform.ready.http}/hooks/bench/${name}`, { method: 'POST', body: '{}' });
    };
    await Promise.all(Array.from({ length: 20 }, worker));
  };
  for (const name of ['wait', 'listen']) await begin(name, WAITING / 2);
  await settled(platform);
  await platform.stop();
  // A process that has just begun, with them and without: garbage of making them is no cost of waiting.
  const full = await startPlatformProcess(folder.path);
  await settled(full);
  const cost = rssMb(full) - idle;
  await full.stop();
  folder.remove();
  return figure('memory of 10 000 waiting executions', `${cost.toFixed(1)} MB`, 'under 30 MB', cost < 30);
}

async function eventToStart(): Promise<Figure> {
  const folder = temporaryFolder();
  const env = {
    PATCHBAY_DATADIR: folder.path,
    PATCHBAY_HTTP__PORT: '0',
    PATCHBAY_LOGGING__LEVEL: 'warn',
    PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0',
  };
  const run = await startScript('./workflow-events.ts', [], env);
  await run.stop();
  folder.remove();
  const bareFolder = temporaryFolder();
  const bare = await startScript('./bare-events.ts', [bareFolder.path]);
  await bare.stop();
  bareFolder.remove();
  const { p50, p99 } = run.ready as Record<string, number>;
  return figure(
    `event to start of its workflow, p99 at 200 events/s (as durable and nothing else: ${bare.ready.p99} ms, p50 ${bare.ready.p50} ms)`,
    `${p99} ms (p50 ${p50} ms)`,
    'at most 15 ms',
    (p99 ?? 1e9) <= 15,
  );
}

async function publish(platform: Running, name: string, options: object, tasks: object[]): Promise<void> {
  const document = {
    dsl: '1.0.0',
    namespace: 'bench',
    name,
    version: '1.0.0',
    metadata: { patchbay: { hook: true, ...options } },
  };
  const answer = await fetch(`http://127.0.0.1:${platform.ready.http}/api/platform/workflows`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ROOT_TOKEN}` },
    body: JSON.stringify({ definition: { document, do: tasks } }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
}

async function rate(load: Parameters<typeof runHttpLoad>[0]): Promise<number> {
  const { perSecond = 0, failures } = await runHttpLoad(load);
  if (failures) throw new Error(`${failures} requests failed`);
  return perSecond;
}

/** Until nothing is running any more, and a little longer for the garbage. */
async function settled(platform: Running): Promise<void> {
  const url = `http://127.0.0.1:${platform.ready.http}/api/platform/executions?status=running&limit=1`;
  const headers = { authorization: `Bearer ${ROOT_TOKEN}` };
  for (let tries = 0; tries < 200; tries++) {
    const { items } = (await (await fetch(url, { headers })).json()) as { items: unknown[] };
    if (items.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await new Promise((resolve) => setTimeout(resolve, 3_000));
}

function rssMb(platform: Running): number {
  const status = readFileSync(`/proc/${platform.process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

function figure(what: string, value: string, target: string, isMet: boolean): Figure {
  return { what, value, target, isMet };
}
