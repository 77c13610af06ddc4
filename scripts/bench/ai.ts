/**
 * (j) Answers of AI: what the platform adds to a model's own time, against the bare SDK that asks the same model in the same run, and
 * against a bare program that makes as much durable; and what conversations cost that wait.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment } from '../setup.mjs';
import type { AiLoad } from './ai/load.ts';
import { mainThreadMsOf } from './cpu/process-time.ts';
import { type Figure, median, type Running, startPlatformProcess, startScript, temporaryFolder } from './processes.ts';
import { adminOf, type MadeRobot, makeRobots, sendJson } from './robots/fleet.ts';

const ROUNDS = 5;
const AT_ONCE = 50;
const ANSWERS = 5;
/** What a model of today takes for a short answer. */
const MODEL_MS = 2_000;
/** Servers are measured when they have compiled what is hot, as the process of the SDK is: after so many answers at once, some times over. */
const WARMING = 250;
/** Who has an answer reads it first. */
const READ_MS = 1_000;
const WAITING = 10_000;

/** The SDK alone, a bare program with the same promises, and the platform. */
type Side = 'sdk' | 'bare' | 'ours';

interface Measured {
  p50: number;
  p99: number;
  /** For one answer, milliseconds of the main thread of the process that calls the SDK. */
  threadMs: number;
}

export async function measureAi(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const model = await startScript('./ai/fake-model.ts', [String(MODEL_MS)]);
  const settings = {
    PATCHBAY_PLUGINS__AI_REPLIES__PROVIDERS: JSON.stringify({
      fake: { kind: 'openai-compatible', baseUrl: `${model.ready.url}/v1`, apiKey: 'k', model: 'm', schemas: true },
    }),
    PATCHBAY_HTTP__OUTBOUND__ALLOW: JSON.stringify(['127.0.0.1']),
    PATCHBAY_PLUGINS__ROBOTS__REQUESTSPERMINUTE: '0',
  };
  const gather = (seconds: number) => ({
    PATCHBAY_PLUGINS__AI_REPLIES__GATHER: JSON.stringify({ pauseSeconds: seconds, mostSeconds: seconds }),
  });
  const platform = await startPlatformProcess(folder.path, { ...settings, ...gather(0) });
  const robots = await answering(platform);
  const base = {
    port: platform.ready.http,
    url: model.ready.url,
    robots,
    conversations: AT_ONCE,
    answers: ANSWERS,
    spreadMs: MODEL_MS,
    readMs: READ_MS,
  };
  const program = await startScript('./ai/bare-answers.ts', [
    join(folder.path, 'bare.sqlite3'),
    String(model.ready.url),
  ]);
  const measured: Record<Side, Measured[]> = { sdk: [], bare: [], ours: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    const order = (['sdk', 'bare', 'ours'] as const).toSorted(() => (round % 2 ? 1 : -1));
    for (const side of order) {
      const figures = await measure(side, round === 0 ? WARMING : AT_ONCE);
      // The first round is the warm-up.
      if (round === 0) continue;
      measured[side].push(figures);
      console.log(
        `        ${side}: p50 ${figures.p50.toFixed(1)} ms, p99 ${figures.p99.toFixed(1)} ms; main thread ${figures.threadMs.toFixed(1)} ms`,
      );
    }
  }
  await Promise.all([platform.stop(), program.stop()]);
  const megabytes = await memoryOfWaiting(
    () => startPlatformProcess(folder.path, { ...settings, ...gather(300) }),
    { ...base, conversations: WAITING, readMs: 0 },
    join(folder.path, 'patchbay.sqlite3'),
  );
  await model.stop();
  folder.remove();

  const added = (side: Side, figure: (of: Measured) => number) =>
    median(measured[side].map((one, round) => figure(one) - figure(measured.sdk[round] ?? one)));
  const p99 = added('ours', (of) => of.p99);
  const threadMs = added('ours', (of) => of.threadMs);
  const text = (side: Side, figure: (of: Measured) => number) => added(side, figure).toFixed(1);
  return [
    {
      what: `ms added to the bare SDK at ${AT_ONCE} conversations at once, p99 (p50: ${text('ours', (of) => of.p50)}; the bare program: ${text('bare', (of) => of.p99)}, ${text('bare', (of) => of.p50)})`,
      value: p99.toFixed(1),
      target: 'under 25',
      isMet: p99 < 25,
    },
    {
      what: `ms of the main thread for an answer, with receiving the message, beside a call by the SDK alone (the bare program: ${text('bare', (of) => of.threadMs)})`,
      value: threadMs.toFixed(1),
      target: 'at most 4',
      isMet: threadMs <= 4,
    },
    {
      what: `MB of resident memory of a process that finds ${WAITING} conversations waiting, above one that finds none`,
      value: megabytes.toFixed(0),
      target: 'at most 20',
      isMet: megabytes <= 20,
    },
  ];

  async function measure(side: Side, conversations: number): Promise<Measured> {
    if (side === 'sdk') return run({ ...base, mode: 'sdk' });
    const server = side === 'ours' ? platform : program;
    const pid = server.process.pid ?? 0;
    let before = 0;
    const figures = await run({ ...base, conversations, port: server.ready.http, mode: 'served' }, () => {
      before = mainThreadMsOf(pid);
    });
    return { ...figures, threadMs: (mainThreadMsOf(pid) - before) / (conversations * ANSWERS) };
  }
}

/** A robot for each conversation, of a tenant that has agreed to AI; they answer without delay. */
async function answering(platform: Running): Promise<MadeRobot[]> {
  const admin = await adminOf(platform);
  await sendJson(platform, 'PATCH', '/api/v2/tenant/settings', admin, { ai_consent_enabled: true });
  const robots = await makeRobots(platform, admin, AT_ONCE);
  for (const { robotId } of robots) {
    const delay = { replyDelayMin: 0, replyDelayMax: 0 };
    await sendJson(platform, 'PATCH', `/api/platform/robots/robots/${robotId}`, admin, delay);
    await sendJson(platform, 'PUT', `/api/platform/ai/policies/${robotId}`, admin, { approval: false });
  }
  return robots;
}

/** Says when all robots are there, and the conversations begin. */
async function run(load: AiLoad, begun = () => {}): Promise<Measured> {
  const script = new URL('./ai/load.ts', import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environment(),
  });
  child.stdin?.end(JSON.stringify(load));
  if (!child.stdout) throw new Error('The load says nothing');
  let said: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (said === undefined) begun();
    said = line;
  }
  return JSON.parse(said ?? 'null');
}

/** Processes that have heard nothing themselves: what hearing leaves to the garbage collector does not count. */
async function memoryOfWaiting(
  start: () => Promise<Running>,
  load: Omit<AiLoad, 'mode'>,
  file: string,
): Promise<number> {
  const without = await restingMb(await start());
  const filled = await start();
  await run({ ...load, port: filled.ready.http, mode: 'waiting' });
  // What was heard becomes turns a while after it was accepted.
  while (waitingIn(file) < WAITING) await sleep(500);
  await filled.stop();
  return (await restingMb(await start())) - without;
}

function waitingIn(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const found = database.prepare(`select count(*) as turns from ai_replies_turns where state = 'waiting'`).get();
  database.close();
  return Number(found?.turns);
}

async function restingMb(platform: Running): Promise<number> {
  await sleep(10_000);
  const megabytes = residentMb(platform.process.pid);
  await platform.stop();
  return megabytes;
}

function residentMb(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
