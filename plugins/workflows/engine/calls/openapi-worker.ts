/** Reads OpenAPI documents of somebody else's in a thread, and gives what a call needs of them. */
import { parentPort } from 'node:worker_threads';
import { messageOf } from '#core/thread-kit.ts';
import { operationIn } from './openapi-operation.ts';

parentPort?.on('message', ({ text, operationId }: { text: string; operationId: string }) => {
  try {
    parentPort?.postMessage({ operation: operationIn(text, operationId) });
  } catch (error) {
    parentPort?.postMessage({ failure: messageOf(error).slice(0, 200) });
  }
});
parentPort?.postMessage('ready');
