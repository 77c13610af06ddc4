/** Runs what strangers wrote, one piece after another, where nobody else has to wait for it. */
import { parentPort } from 'node:worker_threads';
import { JqError, JqSyntaxError } from '../jq/index.ts';
import { BRIEF, compiled, LIMITS, sizeOf } from './compiled-expressions.ts';
import { checkHere } from './schema-check.ts';
import type { LongExpressions, LongReply, SchemaCheck } from './strangers.ts';

/** After that the others of one lot wait for another turn. */
const LOT_MS = 200;

parentPort?.on('message', (asked: LongExpressions | SchemaCheck) => {
  if (asked.kind === 'schema') parentPort?.postMessage(checkHere(asked.schema, asked.data));
  else answer(asked);
});
parentPort?.postMessage('ready');

function answer(asked: LongExpressions): void {
  const replies = repliesTo(asked);
  try {
    parentPort?.postMessage(replies);
  } catch {
    parentPort?.postMessage(untilTooDeep(replies));
  }
}

function repliesTo(asked: LongExpressions): LongReply[] {
  const until = performance.now() + LOT_MS;
  const replies: LongReply[] = [];
  let size = 0;
  for (const source of asked.sources) {
    const reply = replyTo(source, asked);
    replies.push(reply);
    if ('output' in reply) size += reply.size;
    else if (!asked.goesOn) break;
    if (size > asked.largest || performance.now() > until) break;
  }
  return replies;
}

function replyTo(source: string, { names, input, variables, largest, isBrief }: LongExpressions): LongReply {
  try {
    const output = compiled(source, names).first(input, variables, isBrief ? BRIEF : LIMITS);
    const size = sizeOf(output, largest);
    return size > largest ? { tooLarge: true } : { output, size };
  } catch (error) {
    if (error instanceof JqError || error instanceof JqSyntaxError) return { failure: error.message };
    throw error;
  }
}

/** Those before the first that cannot be handed over. */
function untilTooDeep(replies: readonly LongReply[]): LongReply[] {
  const good = replies.findIndex((reply) => {
    try {
      structuredClone(reply);
      return false;
    } catch {
      return true;
    }
  });
  return [...replies.slice(0, good), { failure: 'The result is nested too deeply' }];
}
