/** Validates definitions in a thread: a large one takes seconds, in which nobody else should have to wait. */
import { parentPort, workerData } from 'node:worker_threads';
import { validate } from './validate.ts';
import type { ValidatorReply, ValidatorRequest } from './validator.ts';

/** The schema of the options: one object, so that it is compiled once. */
const metadata: object = workerData;

parentPort?.on('message', async (request: ValidatorRequest) => {
  parentPort?.postMessage(await answer());

  async function answer(): Promise<ValidatorReply> {
    const { id, definition, functions, allowShell } = request;
    try {
      return { id, result: await validate(definition, { functions: new Set(functions), allowShell, metadata }) };
    } catch (error) {
      return { id, failure: error instanceof Error ? error.message : String(error) };
    }
  }
});
