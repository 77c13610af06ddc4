/** Opening a message that is answered or forwarded: sending asks for it, and reading, which stands above it, does it. */
import type { Principal } from '#core/plugin.ts';

/** What an answer or a forward takes of it. */
export interface OpenedMessage {
  mailbox_id: number;
  blob_id: number;
  envelope_from: string;
  sender: string;
  subject: string;
  message_ref: string | null;
  auth_results: string | null;
}

/** Throws `message_not_found`. */
type Open = (principal: Principal, id: number) => Promise<OpenedMessage>;

export interface MessageOpening {
  /** Marks it as read. */
  open: Open;
  /** The same without the mark. */
  peek: Open;
  /** Said once, by who does it. */
  by(reading: { open: Open; peek: Open }): void;
}

export function createMessageOpening(): MessageOpening {
  let done: { open: Open; peek: Open } = { open: unknown, peek: unknown };
  return {
    open: (principal, id) => done.open(principal, id),
    peek: (principal, id) => done.peek(principal, id),
    by(reading) {
      done = reading;
    },
  };
}

/** Whoever calls before the parts stand together has made a mistake. */
async function unknown(): Promise<OpenedMessage> {
  throw new Error('Nobody has said who opens messages');
}
