/** Reads one document in a thread of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { read } from './reading.ts';

parentPort?.postMessage(await read(workerData));
