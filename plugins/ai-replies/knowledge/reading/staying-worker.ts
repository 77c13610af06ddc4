/** Reads small texts, one after the other, in a thread that stays. */
import { parentPort } from 'node:worker_threads';
import { isZip, kindOf } from './kind.ts';
import { type ReadOrder, type ReadReply, read } from './reading.ts';

/** Null for what is unpacked by libraries: it may do to its thread what it likes, but not to this one. */
async function readText(order: ReadOrder): Promise<ReadReply | null> {
  const bytes = Buffer.from(order.bytes);
  const isText = !isZip(bytes) && (await kindOf(bytes, 0)) === null;
  return isText ? read(order) : null;
}

parentPort?.on('message', async (order: ReadOrder) => parentPort?.postMessage(await readText(order)));
parentPort?.postMessage('ready');
