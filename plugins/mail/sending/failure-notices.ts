/**
 * Failure notices: whoever handed in a mail by a mail program, and whoever has mail forwarded, is told in their mailbox that a mail was not
 * delivered (RFC 5321 §6.1): they look nowhere else. Tables: mail_messages, mail_sent, mail_deliveries.
 */
import { randomUUID } from 'node:crypto';
import { DAY_MS, timeWindow } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import { headerOf as headerOfStream } from '../messages/message-source.ts';
import { ownName } from '../messages/own-name.ts';
import type { UnparsedMail } from '../unparsed-mail.ts';
import { failureReport } from './failure-report.ts';
import type { DeliveryRow, SentRow } from './tables.ts';

interface Failed {
  sent: SentRow;
  delivery: DeliveryRow;
  answer: string;
  isRefused: boolean;
  header: Buffer | null;
}

export interface FailureNotices {
  /** The header of a mail that a report may be made of; asked before the transaction. */
  headerOf(sentId: number): Promise<Buffer | null>;
  /** Puts a report into the sender's mailbox, where one is due. */
  add(trx: Transaction, failed: Failed): Promise<void>;
}

const HEADER_BYTES = 32 * 1024;
/** Of a mailbox, to see whether it has been told. */
const LOOKED_AT = 1_000;

export function createFailureNotices(
  services: Services & { unparsedMail: UnparsedMail; config: MailConfig },
): FailureNotices {
  const { blobs, clock, config, db, log, unparsedMail } = services;
  return { headerOf, add };

  async function headerOf(sentId: number): Promise<Buffer | null> {
    const sent = await db.read('mail_sent').where({ id: sentId }).first('kind', 'blob_id');
    if (!sent || sent.kind === 'composed' || sent.blob_id === null) return null;
    try {
      const { stream } = await blobs.stream(sent.blob_id);
      const header = await headerOfStream(stream, HEADER_BYTES);
      // Without the empty line that ends it.
      return header.subarray(-4).toString() === '\r\n\r\n' ? header.subarray(0, -2) : header;
    } catch (error) {
      // A report without it says enough.
      log.warn({ err: error }, 'The header of a mail that failed could not be read');
      return null;
    }
  }

  async function add(trx: Transaction, failed: Failed): Promise<void> {
    const { sent, delivery } = failed;
    // What has no sender gets no report (RFC 5321 §4.5.5): a report that fails ends there. Composed mail shows its state.
    if (sent.kind === 'composed' || delivery.envelope_from === '') return;
    const mailbox = await trx('mail_mailboxes')
      .where({ address: sent.from_addr })
      .whereNull('removed_at')
      .first('id', 'address', 'user_id', 'tenant_id');
    if (!mailbox || mailbox.user_id !== sent.user_id || mailbox.tenant_id !== sent.tenant_id) return;
    if (sent.kind === 'forwarded' && (await wasTold(trx, failed))) return;
    const now = clock.now();
    const reporter = ownName(config);
    const raw = failureReport({
      reporter,
      to: mailbox.address,
      recipient: delivery.recipient,
      subject: sent.subject,
      id: randomUUID(),
      answer: failed.answer,
      isRefused: failed.isRefused,
      isForward: sent.kind === 'forwarded',
      header: failed.header,
      arrivedAt: Number(sent.created_at),
      now,
    });
    const [blobId] = await blobs.insert(trx, [{ content: raw, sizeBytes: raw.length }]);
    await trx('mail_messages').insert({
      mailbox_id: mailbox.id,
      blob_id: blobId ?? 0,
      envelope_from: '',
      envelope_to: mailbox.address,
      remote_ip: '127.0.0.1',
      helo: reporter,
      sender: `postmaster@${mailbox.address.slice(mailbox.address.lastIndexOf('@') + 1)}`,
      to_addrs: mailbox.address,
      subject: `Not delivered: ${sent.subject}`.slice(0, 500),
      preview: '',
      verification_code: '',
      size_bytes: raw.length,
      received_at: now,
      is_read: 0,
    });
    db.afterCommit(trx, unparsedMail.wake);
  }

  /** Each further copy to an address that refuses them would be one more report. */
  async function wasTold(trx: Transaction, { sent, delivery }: Failed): Promise<boolean> {
    const last = trx('mail_sent')
      .where({ from_addr: sent.from_addr, kind: 'forwarded' })
      .orderBy('id', 'desc')
      .limit(LOOKED_AT)
      .select('id');
    const earlier = await trx('mail_deliveries')
      .whereIn('sent_id', trx.from(last.as('last')).select('id'))
      .where({ recipient: delivery.recipient })
      .whereIn('status', ['bounced', 'failed'])
      .whereBetween('updated_at', timeWindow(clock.now(), DAY_MS))
      .whereNot({ id: delivery.id })
      .first('id');
    return earlier !== undefined;
  }
}
