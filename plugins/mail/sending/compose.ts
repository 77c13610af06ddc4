/** Finished messages: what somebody wrote, as bytes with every header field, signed by the sender's domain. */
import type { OutgoingMail } from '#core/kit.ts';
import type { SentRow } from './tables.ts';

/** The parts of a composed mail, for building it and for transports that build it themselves. */
export function partsOf(sent: Written): OutgoingMail {
  return {
    from: sent.from_name ? `"${sent.from_name.replace(/["\\]/g, '')}" <${sent.from_addr}>` : sent.from_addr,
    to: sent.recipients.split(','),
    subject: sent.subject,
    text: sent.text,
    ...(sent.html && { html: sent.html }),
    headers: JSON.parse(sent.headers),
  };
}

/** A file that goes with a mail. */
export interface SentFile {
  filename: string;
  content_type: string;
  content: Buffer;
}

/** What a message is made of. */
export type Written = Pick<
  SentRow,
  | 'uuid'
  | 'from_addr'
  | 'from_name'
  | 'recipients'
  | 'subject'
  | 'text'
  | 'html'
  | 'headers'
  | 'created_at'
  | 'scheduled_at'
>;

/** The same bytes at every try: its id and its date belong to the mail, not to the try. */
export async function compose(sent: Written, files: readonly SentFile[] = []): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const { from, to, subject, text, html, headers } = partsOf(sent);
  const composer = new MailComposer({
    from,
    to: [...(to as readonly string[])],
    subject,
    text,
    html,
    headers,
    attachments: files.map(({ filename, content_type, content }) => ({ filename, contentType: content_type, content })),
    messageId: `<${sent.uuid}@${sent.from_addr.slice(sent.from_addr.lastIndexOf('@') + 1)}>`,
    // Of a mail that was written to leave later, it is when it leaves.
    date: new Date(Number(sent.scheduled_at ?? sent.created_at)),
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
    baseBoundary: sent.uuid,
  });
  return composer.compile().build();
}
