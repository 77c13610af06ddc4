/**
 * (i) Robots against a bare server that does the same work in the same run: commands to a thousand connected robots, uploads
 * of fifty, and what five thousand idle connections cost.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment } from '../setup.mjs';
import { type Figure, median, type Running, startPlatformProcess, startScript, temporaryFolder } from './processes.ts';
import { adminOf, type MadeRobot, makeRobots } from './robots/fleet.ts';
import type { RobotLoad } from './robots/load.ts';

const ROUNDS = 5;
const CONNECTED = 1_000;
const PER_SECOND = 500;
const UPLOADING = 50;
const IDLE = 5_000;
const SECONDS = 8;

interface Measured {
  perSecond: number;
  p50: number;
  p99: number;
  failures: number;
  lost: number;
}

export async function measureRobots(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const maker = await startPlatformProcess(folder.path);
  const robots = await makeRobots(maker, await adminOf(maker), IDLE);
  await maker.stop();
  // Of uploads there is a second bare program, which keeps as much in the same tables.
  const copy = join(folder.path, 'bare-uploads.sqlite3');
  copyFileSync(join(folder.path, 'patchbay.sqlite3'), copy);
  const platform = await startPlatformProcess(folder.path);
  const token = await adminOf(platform);
  const bare = await startScript('./robots/bare-server.ts', [`${folder.path}/bare.sqlite3`]);
  const keeping = await startScript('./robots/bare-uploads.ts', [copy]);
  const sides = { ours: platform, bare };
  // First, while their memory is what a process begins with.
  const memory = await memoryOfIdle(sides, robots, token);
  const commands: Record<keyof typeof sides, Measured[]> = { ours: [], bare: [] };
  const uploads: Record<keyof typeof sides, Measured[]> = { ours: [], bare: [] };
  const kept: number[] = [];
  const base = { robots: robots.slice(0, CONNECTED), token, seconds: SECONDS, perSecond: PER_SECOND };
  for (let round = 0; round <= ROUNDS; round++) {
    const order = (Object.keys(sides) as (keyof typeof sides)[]).sort(() => (round % 2 ? 1 : -1));
    for (const side of order) {
      const { http: port } = sides[side].ready;
      const sent = await run({ ...base, mode: 'commands', port });
      const uploading = { ...base, mode: 'uploads' as const, robots: robots.slice(0, UPLOADING) };
      const heard = await run({ ...uploading, port });
      const limit = side === 'ours' ? await run({ ...uploading, port: keeping.ready.http }) : null;
      // The first round is the warm-up.
      if (round === 0) continue;
      commands[side].push(sent);
      uploads[side].push(heard);
      if (limit) kept.push(heard.perSecond / limit.perSecond);
      const show = (ms: number) => ms.toFixed(1);
      console.log(
        `        ${side}: ${Math.round(sent.perSecond)} commands/s, p50 ${show(sent.p50)} ms, p99 ${show(sent.p99)} ms; ${Math.round(heard.perSecond)} uploads/s`,
      );
    }
  }
  await Promise.all([bare.stop(), keeping.stop(), platform.stop()]);
  folder.remove();

  const ratio = (measured: typeof commands, figure: (of: Measured) => number) =>
    median(measured.ours.map((one, round) => figure(one) / figure(measured.bare[round] ?? one)));
  const atMost = (what: string, value: number, most: number): Figure => ({
    what,
    value: value.toFixed(2),
    target: `at most ${most}`,
    isMet: value <= most,
  });
  const upload = ratio(uploads, (of) => of.perSecond);
  return [
    atMost(
      `a command from acceptance to a robot, ${PER_SECOND}/s to ${CONNECTED}, p50 of the bare server's`,
      ratio(commands, ({ p50 }) => p50),
      3,
    ),
    atMost(
      "the same, p99 of the bare server's",
      ratio(commands, ({ p99 }) => p99),
      1.5,
    ),
    {
      what: `uploads of ${UPLOADING} robots, of the bare server (of a bare program that keeps as much: ${median(kept).toFixed(2)})`,
      value: upload.toFixed(2),
      target: 'at least 0.4',
      isMet: upload >= 0.4,
    },
    atMost(`KB for each of ${IDLE} idle connections (bare ws: ${memory.bare.toFixed(1)})`, memory.ours, 20),
  ];
}

async function run(load: RobotLoad): Promise<Measured> {
  const { child, first } = start(load);
  const measured = (await first) as unknown as Measured;
  if (child.exitCode === null) await once(child, 'exit');
  if (measured.failures || measured.lost)
    throw new Error(`${measured.failures} requests failed, ${measured.lost} commands did not come`);
  return measured;
}

function start(load: RobotLoad): { child: ChildProcess; first: Promise<Record<string, number>> } {
  const script = new URL('./robots/load.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'], env: environment() });
  child.stdin.end(JSON.stringify(load));
  const first = once(createInterface({ input: child.stdout }), 'line').then(([line]) => JSON.parse(line));
  return { child, first };
}

/** KB of resident memory for each connection, over the same process before. */
async function memoryOfIdle(sides: Record<'ours' | 'bare', Running>, robots: MadeRobot[], token: string) {
  const found = { ours: 0, bare: 0 };
  for (const side of ['bare', 'ours'] as const) {
    const { process: server, ready } = sides[side];
    await sleep(3_000);
    const before = residentKb(server.pid);
    const { child, first } = start({ mode: 'idle', port: ready.http, robots, token, seconds: 0, perSecond: 0 });
    await first;
    await sleep(5_000);
    found[side] = (residentKb(server.pid) - before) / robots.length;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  return found;
}

function residentKb(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}
