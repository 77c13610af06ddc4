/**
 * The bare limit of what an event starts, at the rate of `workflow-events.ts`: the event is a row, and when that is on the disk
 * the execution begins; both share their commits with what comes meanwhile. The argument is a folder.
 */
import { grouped, openDatabase } from './cpu/bare-database.ts';
import { steadily } from './steadily.ts';

const { exec, all } = await openDatabase(`${process.argv[2]}/bare.sqlite3`);
await exec(`create table events (id integer primary key, data text);
  create table executions (id integer primary key, input text, started_at integer)`);
const insert = (sql: string) =>
  grouped(async (values: string[]) => {
    await all(`${sql} from json_each(?)`, [JSON.stringify(values)]);
    return values;
  });
const keepEvent = insert('insert into events (data) select value');
const keepExecution = insert('insert into executions (input, started_at) select value, value');
const waits: number[] = [];
const kept: Promise<unknown>[] = [];
await steadily(async () => {
  const at = Date.now();
  await keepEvent(String(at));
  const startedAt = Date.now();
  waits.push(startedAt - at);
  kept.push(keepExecution(String(startedAt)));
});
await Promise.all(kept);
waits.sort((a, b) => a - b);
console.log(JSON.stringify({ p50: waits[Math.floor(waits.length / 2)], p99: waits[Math.floor(waits.length * 0.99)] }));
process.exit(0);
