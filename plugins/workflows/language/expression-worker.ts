/** Runs long expressions, one after another, where nobody else has to wait for them. */
import { parentPort } from 'node:worker_threads';
import { JqError } from '../jq/index.ts';
import { compiled, isLongerThan } from './compiled-expressions.ts';
import type { LongExpression, LongReply } from './expression-thread.ts';

parentPort?.on('message', (asked: LongExpression) => parentPort?.postMessage(answer(asked)));
parentPort?.postMessage('ready');

function answer({ source, names, input, variables, largest }: LongExpression): LongReply {
  try {
    const output = compiled(source, names).program.first(input, variables);
    return isLongerThan(output, largest) ? { tooLarge: true } : { output };
  } catch (error) {
    if (error instanceof JqError) return { failure: error.message };
    throw error;
  }
}
