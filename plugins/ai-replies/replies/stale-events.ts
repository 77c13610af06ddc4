/**
 * Stale events: events are delivered at least once. What is told of again, after a process has died, may be long over: it is not to undo what
 * has come of it, or of what was said since.
 */
import type { Services } from '#core/plugin.ts';
import type { Conversations, SpokenMessage } from '#plugins/robots/contract.ts';
import { MOST_MESSAGES } from './replier.ts';
import type { TurnRow } from './tables.ts';

/** Sooner nobody takes over the work of a process that has died. */
const LATE_MS = 5_000;

interface Told {
  conversationId: string;
  /** When it happened, ISO 8601. */
  time: string;
}

/**
 * What was heard until then the event is about: later messages are not. Null where it is about all: told in time, or where processes may
 * have clocks that differ.
 */
export function receivedUntil(
  { time }: Pick<Told, 'time'>,
  { clock, db }: Pick<Services, 'clock' | 'db'>,
): number | null {
  const at = Date.parse(time);
  return db.soleWriter || isLate(at, clock.now()) ? at : null;
}

/** Whether this message, of which is told late, is none after that about which was decided last. */
export async function isDecided(
  { conversationId, time, messageId }: Told & { messageId: string },
  turn: () => Promise<TurnRow | null>,
  { clock, conversations }: Pick<Services, 'clock'> & { conversations: Conversations },
): Promise<boolean> {
  if (!isLate(Date.parse(time), clock.now())) return false;
  const [known, heard] = await Promise.all([turn(), saidTo(conversationId, conversations)]);
  const decided = heard.findIndex(({ id }) => id === known?.decided_message);
  return decided >= 0 && heard.findIndex(({ id }) => id === messageId) <= decided;
}

/** What is yet to happen was told of before the clock was set back. */
function isLate(at: number, now: number): boolean {
  return now - at > LATE_MS || at > now;
}

async function saidTo(conversationId: string, conversations: Conversations): Promise<SpokenMessage[]> {
  const spoken = await conversations.spoken(conversationId, MOST_MESSAGES);
  return [...(spoken?.earlier ?? []), ...(spoken?.messages ?? [])].filter(({ author }) => author === 'contact');
}
