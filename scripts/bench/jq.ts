/** Expressions of workflows: the jq of our own beside jq itself, compiled to WebAssembly (jq-web), both after they are warm. */
import { createRequire } from 'node:module';
import { compileJq, JqLimitError } from '../../plugins/workflows/jq/index.ts';
import { type Figure, warmUp } from './processes.ts';

interface JqWeb {
  raw(json: string, program: string, flags: string[]): string;
}

const BUDGET_MS = 2_000;
/** As a workflow gives one expression. */
const LIMITS = { steps: 1_000_000, timeMs: 250 };
const EXPRESSIONS = [
  { program: '.order.id', kilobytes: 2 },
  { program: '.order.id', kilobytes: 100 },
  { program: '[.items[] | select(.price > 500) | .name] | length', kilobytes: 2 },
  { program: '[.items[] | select(.price > 500) | .name] | length', kilobytes: 100 },
];

export async function measureJq(): Promise<Figure[]> {
  const theirs: JqWeb = await createRequire(import.meta.url)('jq-web');
  const figures: Figure[] = [];
  for (const { program, kilobytes } of EXPRESSIONS) {
    const input = documentOf(kilobytes);
    const compiled = compileJq(program, { limits: LIMITS });
    // The values of a workflow are JavaScript's: the other side has to be given text, and gives text.
    const foreign = () => JSON.parse(theirs.raw(JSON.stringify(input), program, ['-c']));
    if (compiled(input)[0] !== foreign()) throw new Error(`the two differ in ${program}`);
    const own = await microseconds(() => compiled(input));
    const other = await microseconds(foreign);
    figures.push({
      what: `${program} on ${kilobytes} KB: ours, jq-web`,
      value: `${own.toFixed(1)} µs, ${other.toFixed(0)} µs`,
      target: 'a tenth at most',
      isMet: own * 10 <= other,
    });
  }
  return [...figures, endless()];
}

/** jq-web has to be given up together with its thread; ours ends with an error that the execution's log shows. */
function endless(): Figure {
  const compiled = compileJq('last(repeat(1))', { limits: LIMITS });
  const startedAt = performance.now();
  let isStopped = false;
  try {
    compiled(null);
  } catch (error) {
    isStopped = error instanceof JqLimitError;
  }
  const ms = performance.now() - startedAt;
  return {
    what: 'an expression without an end is stopped by its budget',
    value: `after ${ms.toFixed(0)} ms`,
    target: `by an error within ${LIMITS.timeMs} ms`,
    isMet: isStopped && ms <= LIMITS.timeMs + 10,
  };
}

async function microseconds(work: () => unknown): Promise<number> {
  const perRun = (seconds: number): number => {
    let count = 0;
    const startedAt = performance.now();
    while (performance.now() - startedAt < seconds * 1000) {
      work();
      count++;
    }
    return ((performance.now() - startedAt) / count) * 1000;
  };
  await warmUp(async (seconds) => perRun(seconds));
  return perRun(BUDGET_MS / 1000);
}

function documentOf(kilobytes: number): Record<string, unknown> {
  const items = Array.from({ length: kilobytes * 22 }, (_, n) => ({
    name: `article number ${n}`,
    price: (n * 37) % 1000,
  }));
  return { order: { id: 'A-4711' }, items };
}
