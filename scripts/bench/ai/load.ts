/**
 * Conversations at once, in a process of their own. `sdk`: each asks the model by the SDK alone. `served`: each is somebody who
 * writes to a robot, and waits for what the robot is told to say. `waiting`: each writes once.
 */
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText } from 'ai';
import { WebSocket } from 'ws';
import type { MadeRobot } from '../robots/fleet.ts';

export interface AiLoad {
  mode: 'sdk' | 'served' | 'waiting';
  /** Of the server that is written to. */
  port: unknown;
  /** Of the model. */
  url: unknown;
  robots: MadeRobot[];
  conversations: number;
  /** Answers that each waits for, one after the other. */
  answers: number;
  /** They begin within this time, one after the other: people do not write at one moment. */
  spreadMs: number;
  /** They read for up to so long, each for another while, before they write again: else those who once were answered together stay together. */
  readMs: number;
}

const { mode, port, url, robots, conversations, answers, spreadMs, readMs }: AiLoad = JSON.parse(
  await text(process.stdin),
);
/** Until the server has done all that robots that come give it to do. */
const COMING_MS = 3_000;
const latencies: number[] = [];
const waiting = new Map<string, () => void>();

if (mode === 'served') {
  await Promise.all(robots.map(connected));
  // That they come is no part of an answer.
  await sleep(COMING_MS);
}
// A server has compiled long ago what is hot.
if (mode === 'sdk') await Promise.all(Array.from({ length: 10 * conversations }, bySdk));
const one = { sdk: bySdk, served, waiting: write }[mode];
console.log(JSON.stringify({ isBegun: true }));
const usedMs = usedByThread();
await Promise.all(
  Array.from({ length: mode === 'waiting' ? 50 : conversations }, async (_, place) => {
    await sleep((place / conversations) * spreadMs);
    const rounds = mode === 'waiting' ? conversations / 50 : answers;
    for (let round = 0; round < rounds; round++) {
      if (round > 0) await sleep(Math.random() * readMs);
      const began = performance.now();
      await one(`person ${process.pid} ${place} ${round}`, robots[place % robots.length] as MadeRobot);
      latencies.push(performance.now() - began);
    }
  }),
);
latencies.sort((a, b) => a - b);
const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
const threadMs = (usedByThread() - usedMs) / (conversations * answers);
console.log(JSON.stringify({ p50: at(0.5), p99: at(0.99), threadMs }));
process.exit(0);

/** Milliseconds of the processor until now. */
function usedByThread(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

async function bySdk(): Promise<void> {
  const provider = createOpenAICompatible({ name: 'fake', baseURL: `${url}/v1`, apiKey: 'k' });
  const { stream } = streamText({ model: provider('m'), messages: [{ role: 'user', content: 'How much is it?' }] });
  for await (const _ of stream);
}

async function served(person: string, robot: MadeRobot): Promise<void> {
  const said = new Promise<void>((resolve) => waiting.set(person, resolve));
  await write(person, robot);
  await said;
}

async function write(person: string, { robotId, token }: MadeRobot): Promise<void> {
  const body = { robotId, spoken: 'How much is it?', receivedName: person, roomType: 2, textType: 1 };
  const answer = await fetch(`http://127.0.0.1:${port}/api/robot/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`A message was refused: ${await answer.text()}`);
  await answer.arrayBuffer();
}

function connected({ robotId, token }: MadeRobot): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws?robotId=${robotId}&token=${token}`);
    socket.on('open', () => socket.send('{"type":"ping"}'));
    socket.on('error', reject);
    socket.on('message', (bytes) => {
      const { type, data } = JSON.parse(String(bytes));
      if (type === 'pong') return resolve();
      for (const name of data?.commandParams?.titleList ?? []) waiting.get(name)?.();
    });
  });
}
