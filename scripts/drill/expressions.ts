/**
 * A hundred thousand expressions for each round, most of them meant to do harm, through the engine's own door and on its own threads,
 * of several tenants at once. None may hold the main thread for long, nor make the process grow.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { evaluateExpression, LARGEST, TENANT } from '#plugins/workflows/language/expressions.ts';
import { Fault } from '#plugins/workflows/language/faults.ts';
import { createWriter, hostileInput } from '../../test/support/expressions.ts';

const IN_A_ROUND = 100_000;
const TENANTS = 4;
const AT_ONCE = 32;
const LARGEST_RESULT = 1024 * 1024;
/** Of the processor, by this thread, in one go: on a machine that is busy the clock would count what others do. */
const MOST_HELD_MS = 50;
const MOST_GROWN_MB = 200;
const MB = 1024 * 1024;

/** Gives how many held the thread up, or failed with something that is no fault of theirs; and one more for a process that has grown. */
export async function drillExpressions(rounds: number): Promise<number> {
  const seed = Number(process.env.JQ_SEED ?? Date.now() % 1e9);
  const writer = createWriter(seed);
  const input = hostileInput(200, 100_000);
  const variables = { input, item: { a: [1, 'x'], n: 2 } };
  const wrong: string[] = [];
  const held = watchThread();
  let failed = 0;
  let most = 0;
  await lot(2_000);
  const before = process.memoryUsage.rss();
  for (let done = 0; done < rounds * IN_A_ROUND; done += IN_A_ROUND) {
    await lot(IN_A_ROUND);
    const { longestMs, times } = held.latest();
    const grown = (most - before) / MB;
    console.log(
      `${done + IN_A_ROUND}: ${failed} failed; longest in one go ${longestMs.toFixed(0)} ms (${times} over ${MOST_HELD_MS}); grown by ${grown.toFixed(0)} MB at most`,
    );
  }
  const { times } = held.stop();
  for (const text of wrong) console.log(text);
  const isGrown = most - before > MOST_GROWN_MB * MB;
  if (isGrown || times > 0 || wrong.length > 0) console.log(`JQ_SEED=${seed} writes the same ones again`);
  return wrong.length + times + (isGrown ? 1 : 0);

  async function lot(count: number): Promise<void> {
    let left = count;
    const one = async (place: number): Promise<void> => {
      while (left-- > 0) {
        await tried(writer.write(), `t${place % TENANTS}`);
        most = Math.max(most, process.memoryUsage.rss());
        await turn();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, place) => one(place)));
  }

  async function tried(source: string, tenant: string): Promise<void> {
    const began = process.threadCpuUsage();
    const going = evaluateExpression(source, input, { ...variables, [TENANT]: tenant, [LARGEST]: LARGEST_RESULT });
    const ms = usedMs(began);
    if (ms > MOST_HELD_MS) wrong.push(`${ms.toFixed(0)} ms: ${source}`);
    try {
      JSON.stringify(await going);
    } catch (error) {
      failed++;
      if (!(error instanceof Fault) && !(error instanceof RangeError)) wrong.push(`${String(error)}: ${source}`);
      else if (error.message.length > 10_000) wrong.push(`an error of ${error.message.length} characters: ${source}`);
    }
  }
}

function usedMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(since);
  return (user + system) / 1_000;
}

/** How much of the processor each turn of this thread takes. */
function watchThread() {
  let longestMs = 0;
  let times = 0;
  let last = process.threadCpuUsage();
  let isOver = false;
  const look = (): void => {
    const ms = usedMs(last);
    last = process.threadCpuUsage();
    longestMs = Math.max(longestMs, ms);
    if (ms > MOST_HELD_MS) times++;
    if (!isOver) setImmediate(look);
  };
  look();
  return {
    latest: () => ({ longestMs, times }),
    stop() {
      isOver = true;
      return { times };
    },
  };
}
