/** Answering once more, now that more is known: the tools ask for it, and the replies, which stand above them, do it. */
import type { Transaction } from '#core/plugin.ts';

/**
 * What was said last is answered once more: something has become known meanwhile. What was made without it is withdrawn, and
 * what is being made is given up. False when nothing is known of the conversation any more.
 */
export type Again = (trx: Transaction, conversationId: string) => Promise<boolean>;

export interface AnswerAgain {
  ask: Again;
  /** Said once, by who does it. */
  by(again: Again): void;
}

export function createAnswerAgain(): AnswerAgain {
  let done: Again = unknown;
  return {
    ask: (trx, conversationId) => done(trx, conversationId),
    by(again) {
      done = again;
    },
  };
}

/** Whoever calls before the parts stand together has made a mistake. */
async function unknown(): Promise<boolean> {
  throw new Error('Nobody has said who answers again');
}
