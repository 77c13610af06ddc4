/** Opening a message that is answered or forwarded: sending asks for it, and reading, which stands above it, does it. */
import { createPort, type Port } from '#core/kit.ts';
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

export type MessageOpening = Port<{
  /** Marks it as read. */
  open: Open;
  /** The same without the mark. */
  peek: Open;
}>;

export const createMessageOpening = (): MessageOpening => createPort('opening messages');
