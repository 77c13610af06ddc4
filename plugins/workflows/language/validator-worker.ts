/** Validates definitions in a thread: a large one takes seconds, in which nobody else should have to wait. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Validation } from './validator.ts';
import { answererOf } from './validator-answer.ts';

const answer = answererOf(workerData);

parentPort?.on('message', async (request: Validation) => {
  parentPort?.postMessage(await answer(request));
});
parentPort?.postMessage('ready');
