/** Forwarding: the message as it came, in an envelope that finds its way back to its sender. */
import { isAppError } from '#core/kit.ts';
import type { Principal, Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { isMailAddress } from '../addresses.ts';
import { mailErrors } from '../errors.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import type { ReturnPaths } from '../mailboxes/return-paths.ts';
import type { MailboxRow, MessageRow } from '../mailboxes/tables.ts';
import { checkMaySend, senderOf, type Target } from '../may-send.ts';
import type { OpenedMessage } from '../message-opening.ts';
import type { AuthResults } from '../messages/authentication/authenticate.ts';
import { headersOfForward } from './forwarded-results.ts';
import type { Outbox } from './outbox.ts';

export interface MailForwarding {
  /**
   * Queues a copy to each address, in the transaction that stores the message. Without room in the plan of the mailbox's
   * tenant they are kept as failed, and announced as bounced.
   */
  forward(trx: Transaction, message: Arrived, targets: readonly Target[], hasRoom: boolean): Promise<void>;
  /** One copy of a message that the principal has opened; gives the id of the mail that leaves. Throws `may_not_send`, `limit_exceeded`. */
  forwardNow(principal: Principal, message: OpenedMessage, target: string, idempotencyKey: string): Promise<string>;
  /** Sends a bounce of a forwarded message on to the one who wrote it, with the null sender (RFC 5321 §4.5.5). */
  returnToSender(trx: Transaction, message: Arrived, sender: string): Promise<void>;
}

/** Of one that nobody forwarded for, more would be somebody's way to send what we seal. */
const RETURNED = { name: 'mail.returned', points: 10, windowSeconds: 24 * 3600, shared: 'closed' as const };

/** A message with what was found out about its sender. */
type Arrived = Pick<MessageRow, 'id' | 'blob_id' | 'subject' | 'envelope_from'> &
  Pick<MailboxRow, 'address' | 'domain' | 'tenant_id' | 'user_id'> & { auth: AuthResults | null };

export function createMailForwarding(
  services: Services & AuthServices & { mailboxes: Mailboxes; outbox: Outbox; returnPaths: ReturnPaths },
): MailForwarding {
  const { db, log, mailboxes, outbox, rateLimits, returnPaths } = services;
  return {
    async forwardNow(principal, message, target, idempotencyKey) {
      await checkMaySend(principal, services);
      const mailbox = await mailboxes.byId(message.mailbox_id);
      if (!mailbox || !isMailAddress(target)) throw mailErrors.bad_address();
      const envelopeFrom = returnPaths.forForward(message.envelope_from, mailbox.domain);
      const sent = await db.transaction((trx) =>
        outbox.add(trx, {
          sentBy: senderOf(principal),
          mailbox,
          kind: 'forwarded',
          recipients: [target],
          subject: message.subject,
          blobId: message.blob_id,
          headers: headersOfForward(message.auth_results === null ? null : JSON.parse(message.auth_results)),
          idempotencyKey,
          ...(envelopeFrom !== null && { envelopeFrom }),
        }),
      );
      return sent.uuid;
    },
    async forward(trx, message, targets, hasRoom) {
      const envelopeFrom = returnPaths.forForward(message.envelope_from, message.domain);
      for (const { to: target, by } of targets) {
        await outbox.add(trx, {
          sentBy: by,
          mailbox: message,
          kind: 'forwarded',
          recipients: [target],
          subject: message.subject,
          blobId: message.blob_id,
          headers: headersOfForward(message.auth),
          // The same message to the same place once, however often storing it is tried.
          idempotencyKey: `forward:${message.id}:${target}`,
          metering: hasRoom ? 'noted' : 'refused',
          ...(envelopeFrom !== null && { envelopeFrom }),
        });
      }
    },
    async returnToSender(trx, message, sender) {
      // Only what has no sender itself is a bounce; everything else would be relaying.
      if (message.envelope_from !== '') return;
      try {
        await rateLimits.consume(RETURNED, sender.toLowerCase(), 1, trx);
      } catch (error) {
        if (!isAppError(error) || error.code !== 'rate_limited') throw error;
        log.warn({ message: message.id }, 'A bounce of a forward is not passed on: its sender has got many today');
        return;
      }
      await outbox.add(trx, {
        sentBy: null,
        mailbox: message,
        kind: 'forwarded',
        recipients: [sender],
        subject: message.subject,
        blobId: message.blob_id,
        headers: headersOfForward(message.auth),
        idempotencyKey: `return:${message.id}`,
        metering: 'noted',
        envelopeFrom: '',
      });
    },
  };
}
