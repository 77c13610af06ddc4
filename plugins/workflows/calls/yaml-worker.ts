/** Reads one YAML document of somebody else's in a thread, and gives what it says. */
import { parentPort, workerData } from 'node:worker_threads';
import { parse } from 'yaml';

parentPort?.postMessage(parse(workerData, { maxAliasCount: 100, uniqueKeys: false }));
