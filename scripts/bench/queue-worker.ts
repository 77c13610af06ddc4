/** One replica that works on the jobs of a PostgreSQL: ours or Graphile Worker's. Says how many it has done when it is ended. */

import type { Runner, RunnerOptions } from 'graphile-worker';
import { run } from 'graphile-worker';
import Type from 'typebox';
import { createPlatform } from '#core/platform.ts';
import { temporaryFolder } from './processes.ts';

const [kind = '', connectionString = '', places = '5'] = process.argv.slice(2);
const concurrency = Number(places);
let ran = 0;
const trivial = async (): Promise<void> => void ran++;

const stop = kind === 'ours' ? await startOurs() : await startGraphile(kind === 'graphile, batched');
console.log(JSON.stringify({ ready: true }));
process.once('SIGTERM', () => {
  console.log(JSON.stringify({ ran }));
  void stop().finally(() => process.exit(0));
});

async function startOurs(): Promise<() => Promise<void>> {
  const folder = temporaryFolder();
  const off = { enabled: false };
  const platform = await createPlatform({
    // The replicas of one database share it.
    env: { PATCHBAY_SECRET: 'a secret of the benchmark, thirty-two bytes and more' },
    overrides: {
      dataDir: folder.path,
      http: { port: 0 },
      logging: { level: 'warn' },
      database: { client: 'pg', connection: connectionString },
      plugins: { auth: off, billing: off, licensing: off, mail: off, workflows: off },
    },
  });
  const job = { name: 'bench.trivial', summary: 'Does nothing', payload: Type.Object({}), concurrency, run: trivial };
  platform.services.jobs.add(job);
  await platform.start();
  return async () => {
    await platform.stop();
    folder.remove();
  };
}

/** `batched`: with its queue in the process and its completions in batches, which its documentation has for high loads. */
async function startGraphile(isBatched: boolean): Promise<() => Promise<void>> {
  const batched = { localQueue: { size: 100 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };
  const options: RunnerOptions = {
    connectionString,
    concurrency,
    noHandleSignals: true,
    taskList: { trivial },
    ...(isBatched && { preset: { worker: batched } }),
  };
  const runner: Runner = await run(options);
  return () => runner.stop();
}
