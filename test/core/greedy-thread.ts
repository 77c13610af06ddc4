/** A thread of the tests of threads: it does as it is told, and gives nothing back. */
import { parentPort } from 'node:worker_threads';

export type Told =
  | { hold: number; goOn?: boolean }
  | { heap: true }
  | { loop: true }
  | { say: string; afterMs?: number };

const MB = 1024 * 1024;
const held: unknown[] = [];

parentPort?.on('message', (told: Told) => {
  if ('hold' in told) for (let count = 0; count < told.hold; count++) held.push(new Uint8Array(MB).fill(1));
  if ('heap' in told) for (;;) held.push(Array.from({ length: 1_000 }, (_, n) => `${held.length} ${n}`));
  const isEndless = 'loop' in told || ('hold' in told && told.goOn);
  for (let turns = 0; isEndless; turns++) held[0] ??= turns;
  const answer = () => parentPort?.postMessage('say' in told ? told.say : 'held');
  if ('say' in told && told.afterMs !== undefined) setTimeout(answer, told.afterMs);
  else answer();
});
parentPort?.postMessage('ready');
