/** Export of a mailbox as one file: mbox (RFC 4155), lines that look like the beginning of a message quoted as mboxrd does it. */
import { Readable } from 'node:stream';
import { isAppError } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import { mailErrors } from '../errors.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { MessageRow } from './tables.ts';

export interface MailboxExport {
  /** All mail that the principal may see in it, oldest first, as it is read. Throws `mailbox_not_found`. */
  mbox(principal: Principal, mailboxId: number): Promise<{ address: string; stream: Readable }>;
}

type Message = Pick<MessageRow, 'id' | 'blob_id' | 'envelope_from' | 'received_at'>;

const PAGE = 200;
/** A line that does not end is passed on in pieces. */
const LONGEST_LINE = 64 * 1024;

export function createMailboxExport({ db, blobs, log, mailboxes }: Services & { mailboxes: Mailboxes }): MailboxExport {
  return {
    async mbox(principal, mailboxId) {
      const mailbox = await mailboxes.byId(mailboxId);
      if (!mailbox || mailbox.removed_at !== null || !mailboxes.mayRead(principal, mailbox))
        throw mailErrors.mailbox_not_found();
      const hidden = await mailboxes.hiddenUpTo(principal, mailbox);
      return {
        address: mailbox.address,
        stream: Readable.from(everyMessage(mailboxId, hidden), { objectMode: false }),
      };
    },
  };

  async function* everyMessage(mailboxId: number, after: number): AsyncGenerator<Buffer> {
    for (;;) {
      const page: Message[] = await db
        .read('mail_messages')
        .where({ mailbox_id: mailboxId })
        .where('id', '>', after)
        .orderBy('id')
        .limit(PAGE)
        .select('id', 'blob_id', 'envelope_from', 'received_at');
      for (const message of page) yield* oneMessage(message);
      const last = page.at(-1);
      if (!last) return;
      after = last.id;
    }
  }

  async function* oneMessage({ id, blob_id, envelope_from, received_at }: Message): AsyncGenerator<Buffer> {
    let raw: AsyncIterable<Buffer> | Iterable<Buffer>;
    try {
      raw = (await blobs.stream(blob_id)).stream;
    } catch (error) {
      // The bytes are there, and cannot be had now: an export that says nothing of it would be taken for whole.
      if (isAppError(error)) throw error;
      // Deleted since the page was read.
      if (!(await db.read('mail_messages').where({ id }).first('id'))) return;
      log.error(
        { message: id, err: error },
        'The bytes of a message cannot be read; its mailbox is exported without them',
      );
      raw = [inPlaceOf(id)];
    }
    const sender = envelope_from.replace(/[\p{Cc}\s]/gu, '') || 'MAILER-DAEMON';
    yield Buffer.from(`From ${sender} ${asctime(received_at)}\n`);
    yield* quotedLines(raw);
    yield Buffer.from('\n');
  }
}

/** Line ends are LF in an mbox; `From ` at the beginning of a line gets a `>` more than it has. */
export async function* quotedLines(raw: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = '';
  let isLineBegun = false;
  const quoted = (text: string): Buffer => {
    // A piece in the middle of a line is marked, so that its own beginning is not taken for that of a line.
    const marked = isLineBegun ? `\0${text}` : text;
    const lines = marked
      .replace(/\r\n/g, '\n')
      .replace(/^(?=>*From )/gm, '>')
      .slice(isLineBegun ? 1 : 0);
    isLineBegun = !lines.endsWith('\n');
    return Buffer.from(lines, 'latin1');
  };
  for await (const chunk of raw) {
    const text = rest + chunk.toString('latin1');
    const end = text.lastIndexOf('\n') + 1;
    // What begins a line waits until it is whole, and with it a CR at its end.
    const until = end > 0 || text.length < LONGEST_LINE ? end : text.length - 1;
    rest = text.slice(until);
    if (until > 0) yield quoted(text.slice(0, until));
  }
  if (rest !== '') yield quoted(rest);
  if (isLineBegun) yield Buffer.from('\n');
}

/** One that a disk has lost keeps nobody from the others, and is not passed over in silence. */
function inPlaceOf(id: number): Buffer {
  return Buffer.from(
    `Subject: Message ${id} cannot be read\n\nThe bytes of this message are damaged or missing here.\n`,
  );
}

/** `Mon Nov 23 23:25:00 2026`, in UTC (RFC 4155 §2). */
function asctime(ms: number): string {
  const [day, date, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ');
  return `${day} ${month} ${String(Number(date)).padStart(2)} ${time} ${year}`;
}
