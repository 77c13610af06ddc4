/** Rows of what the parser found in messages, and of senders that have been put off. */

/** Text and HTML, apart from the rows that lists read. */
export interface ContentRow {
  message_id: number;
  text: string;
  html: string;
  /** JSON list of AttachmentInfo. */
  attachments: string;
  /** JSON list of addresses; null for mail that was parsed before they were kept. */
  links: string | null;
  /** 1 when text and HTML are too long to be stored twice: they are empty, and in the bytes of the mail. */
  is_long: number;
}

export interface GreylistRow {
  triplet: string;
  first_seen_at: number;
  passed_at: number | null;
  last_seen_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      mail_contents: ContentRow;
      mail_greylist: GreylistRow;
    }
  }
}
