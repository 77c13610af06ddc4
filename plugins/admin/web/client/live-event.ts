/** What the live stream brings. */
import { isRecord } from './api-error.ts';

export interface LiveEvent {
  /** The type of the event; `reset` when some may have been missed. */
  type: string;
  /** What it is about, e.g. the address of a mailbox. */
  subject: string | null;
  data: unknown;
}

/** Reads a CloudEvent as the stream brings it. */
export function liveEventOf(type: string, text: string): LiveEvent {
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  const event = isRecord(parsed) ? parsed : {};
  return { type, subject: typeof event.subject === 'string' ? event.subject : null, data: event.data ?? null };
}
