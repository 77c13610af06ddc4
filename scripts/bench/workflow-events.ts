/** How long it takes from an event to the start of the workflow that it starts, at a steady rate, inside one process. */
import { createPlatform } from '#core/platform.ts';
import { insidesOf } from '#test/support/insides.ts';
import { steadily } from './steadily.ts';

const platform = await createPlatform();
await platform.start();
const { db, events, jobs, workflowDefinitions } = insidesOf(platform);
const definition = {
  document: { dsl: '1.0.0', namespace: 'bench', name: 'event', version: '1.0.0' },
  schedule: { on: { one: { with: { type: 'bench.tick' } } } },
  do: [{ note: { set: { at: '${ .[0].data.at }' } } }],
};
await workflowDefinitions.publish('', definition, { enabled: true }, null);
await steadily(() => {
  const event = {
    specversion: '1.0' as const,
    id: crypto.randomUUID(),
    source: 'bench://x',
    type: 'bench.tick',
    data: { at: Date.now() },
    time: new Date().toISOString(),
    datacontenttype: 'application/json' as const,
  };
  return db.transaction((trx) => events.publish(trx, event));
});
await jobs.idle();
await new Promise((resolve) => setTimeout(resolve, 500));
const rows: { input: string; started_at: number }[] = await db
  .read('workflows_executions')
  .select('input', 'started_at');
const waits = rows.map(({ input, started_at }) => started_at - JSON.parse(input)[0].data.at).sort((a, b) => a - b);
console.log(
  JSON.stringify({
    count: waits.length,
    p50: waits[Math.floor(waits.length / 2)],
    p99: waits[Math.floor(waits.length * 0.99)],
  }),
);
await platform.stop();
process.exit(0);
