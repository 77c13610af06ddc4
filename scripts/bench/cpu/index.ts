/**
 * `npm run bench -- cpu [--against REF] [--only NAME …] [--rounds N]`: what an operation costs in this checkout and at another
 * commit (default `HEAD~1`), and the least that it could cost (`bare.ts`), in microseconds of the processor, all threads of the
 * process. All work in the same run, in turns: rates move with what else a machine does by a factor of two, this by a tenth.
 * Linux alone.
 */
import { parseArgs } from 'node:util';
import { median } from '../processes.ts';
import { checkOut, HERE, type Serving, serve, serveBare } from './checkout.ts';
import { type Operation, operationsOf } from './operations.ts';
import { cpuMsOf } from './process-time.ts';

const SECONDS = 3;

interface Side {
  name: string;
  serving: Serving;
  operations: Record<string, Operation>;
  costs: Map<string, number[]>;
}

export async function compareCpu(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      against: { type: 'string', default: 'HEAD~1' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const other = checkOut(values.against);
  const sides: Side[] = [];
  try {
    const servings = {
      [other.name]: () => serve(other),
      here: () => serve({ name: 'here', folder: HERE }),
      bare: serveBare,
    };
    for (const [name, begin] of Object.entries(servings)) {
      const serving = await begin();
      sides.push({ name, serving, operations: await operationsOf(serving), costs: new Map() });
    }
    const names = Object.keys(sides[0]?.operations ?? {});
    const wanted = names.filter((name) => values.only.length === 0 || values.only.some((part) => name.includes(part)));
    for (const name of wanted) {
      for (let round = 0; round <= Number(values.rounds); round++) {
        for (const side of sides) await measure(side, name, round > 0);
      }
      say(name, sides);
    }
  } finally {
    for (const { serving } of sides) await serving.stop();
    other.remove();
  }
}

/** The first round is for compiling what is hot. */
async function measure({ serving, operations, costs }: Side, name: string, counts: boolean): Promise<void> {
  const before = cpuMsOf(serving.pid);
  const done = (await operations[name]?.(SECONDS)) ?? 0;
  const micros = ((cpuMsOf(serving.pid) - before) * 1000) / done;
  if (counts) costs.set(name, [...(costs.get(name) ?? []), micros]);
}

/** A line of a table in Markdown. */
function say(name: string, sides: readonly Side[]): void {
  const medians = sides.map(({ costs }) => median(costs.get(name) ?? []));
  const [before = 0, now = 0, bare = 0] = medians;
  const change = Math.round((now / before - 1) * 100);
  const all = sides.map((side) => `${side.name} ${side.costs.get(name)?.map(Math.round).join(' ')}`).join(', ');
  console.log(
    `| ${name} | ${Math.round(before)} | ${Math.round(now)} | ${change > 0 ? '+' : ''}${change} % | ${Math.round(bare)} | (${all})`,
  );
}
