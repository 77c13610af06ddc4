/** What leaves, and what each way for it to leave by can do. */

export interface OutgoingMail {
  to: string | readonly string[];
  /** Default: `mailer.from`. */
  from?: string;
  replyTo?: string;
  subject: string;
  text: string;
  html?: string;
  headers?: Record<string, string>;
  /** The same on a repeat of the same mail, for transports that can drop duplicates. */
  idempotencyKey?: string;
}

/** A finished message for one delivery: its envelope is apart from what its header says. */
export interface Delivery {
  envelope: { from: string; to: readonly string[] };
  raw: Buffer;
  /** The same message in parts, for transports that take no finished one. */
  parts?: OutgoingMail;
  /** Files that belong to the parts. */
  files?: readonly { filename: string; content: Buffer }[];
  idempotencyKey: string;
  /** Ends it: the connection is closed. It ends by itself after `mailer.deliverySeconds`. */
  signal?: AbortSignal;
}

export interface Delivered {
  /** The transport's id of the message, or its answer. */
  id: string;
  /** The recipient's own server has taken it, not one on the way. */
  isFinal: boolean;
}

/** A mail with every default filled in and every header field checked. */
export type ReadyMail = OutgoingMail & { from: string; to: readonly string[] };

export interface Transport {
  send(mail: ReadyMail, signal: AbortSignal): Promise<{ id: string }>;
  deliver(delivery: Delivery, signal: AbortSignal): Promise<Delivered>;
  close(): void;
}
