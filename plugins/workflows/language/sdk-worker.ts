/** The specification's own validator, in a thread: it takes a second and 40 MB to load, which nobody should wait for or keep. */
import { parentPort } from 'node:worker_threads';
import sdk from '@serverlessworkflow/sdk';

parentPort?.on('message', ({ id, definition }: { id: number; definition: unknown }) => {
  let problem: string | null = null;
  try {
    sdk.validate('Workflow', definition);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  parentPort?.postMessage({ id, problem });
});
