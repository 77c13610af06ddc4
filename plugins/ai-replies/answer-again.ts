/** Answering once more, now that more is known: the tools ask for it, and the replies, which stand above them, do it. */
import { createPort, type Port } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';

/**
 * What was said last is answered once more: something has become known meanwhile. What was made without it is withdrawn, and
 * what is being made is given up. False when nothing is known of the conversation any more.
 */
export type Again = (trx: Transaction, conversationId: string) => Promise<boolean>;

/**
 * What the customer is told where nothing is known of the conversation any more, and a person takes over instead; null where a
 * person has it already, or it is of no robot.
 */
export type Farewell = (conversationId: string, robotId: string) => Promise<string | null>;

export type AnswerAgain = Port<{ ask: Again; farewell: Farewell }>;

export const createAnswerAgain = (): AnswerAgain => createPort('answering again');
