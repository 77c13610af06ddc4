/** Message submission (RFC 6409): people who may send hand in finished messages from their mail programs. */
import { randomUUID } from 'node:crypto';
import { hasScope } from '#core/kit.ts';
import { coreErrors, type Principal, type Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { isMailAddress } from '../../addresses.ts';
import { mailErrors } from '../../errors.ts';
import type { Mailboxes } from '../../mailboxes/mailboxes.ts';
import { checkMaySend, senderOf } from '../../may-send.ts';
import { withoutOwnResults } from '../../messages/authentication/own-results.ts';
import { authorsOf, isOneAuthor } from '../../messages/authors.ts';
import { glance } from '../../messages/header-preview.ts';
import type { MailTrace } from '../../messages/trace-fields.ts';
import type { Outbox } from '../../sending/outbox.ts';
import { completedHeader } from './header.ts';
import { storeSubmitted } from './message.ts';

export interface Submission {
  /** User name or e-mail address with the password or an API key. Throws `invalid_credentials`, `may_not_send`. */
  signIn(username: string, password: string, ip: string): Promise<Principal>;
  /**
   * Queues the message for its recipients. Throws `mailbox_not_found`, `not_your_mailbox`, `bad_address`, `may_not_send`, and a
   * SmtpRefusal.
   */
  submit(
    principal: Principal,
    mail: { from: string; to: readonly string[]; way: string; stream: AsyncIterable<Buffer> },
  ): Promise<void>;
}

export function createSubmission(
  services: Services & AuthServices & { mailboxes: Mailboxes; outbox: Outbox; mailTrace: MailTrace },
): Submission {
  const { accounts, authentication, blobs, clock, db, mailboxes, mailTrace, outbox } = services;

  return {
    async signIn(username, password, ip) {
      const principal = password.startsWith('mf_')
        ? await byKey(password, ip)
        : await byPassword(username, password, ip);
      if (!principal || !hasScope(principal, 'mail:send')) throw coreErrors.unauthenticated();
      await checkMaySend(principal, services);
      return principal;
    },
    async submit(principal, { from, to, way, stream }) {
      // Again: a session may be older than the decision.
      await checkMaySend(principal, services);
      const mailbox = await mailboxes.readable(principal, from);
      if (!to.every(isWholeAddress)) throw mailErrors.bad_address();
      const uuid = randomUUID();
      let subject = '';
      const stored = await storeSubmitted(stream, blobs, (header) => {
        const authors = authorsOf(header);
        // Whoever hands in a mail speaks for one mailbox: of several authors each reader would show another one, under our signature.
        if (!isOneAuthor(authors) || authors.addresses[0]?.toLowerCase() !== mailbox.address)
          throw mailErrors.not_your_mailbox();
        subject = glance(header).subject;
        const messageId = `<${uuid}@${mailbox.domain}>`;
        const added = { received: mailTrace.submitted(way), messageId, date: clock.now() };
        return completedHeader(withoutOwnResults(header, mailTrace.name), added);
      });
      await db.transaction(async (trx) => {
        const [blobId] = await blobs.insert(trx, [stored]);
        // Whoever hands it in takes as long as they like, and meanwhile the mailbox may have become somebody else's.
        await outbox.addOwn(trx, principal, {
          uuid,
          sentBy: senderOf(principal),
          mailbox,
          kind: 'submitted',
          recipients: to,
          subject,
          blobId: blobId ?? null,
        });
      });
    },
  };

  /** With a domain of its own, not only the name of a host nearby (RFC 6409 §4.2). */
  function isWholeAddress(address: string): boolean {
    return isMailAddress(address) && address.slice(address.lastIndexOf('@')).includes('.');
  }

  async function byPassword(identifier: string, password: string, ip: string): Promise<Principal | null> {
    const user = await accounts.signIn({ identifier, password, ip, userAgent: 'SMTP submission' });
    return accounts.principalOf(user.id);
  }

  function byKey(key: string, ip: string): Promise<Principal | null> {
    return authentication.principalOf({
      bearer: '',
      ip,
      method: 'SMTP',
      path: '/submission',
      userAgent: 'SMTP submission',
      header: (name) => (name === 'x-api-key' ? key : ''),
      cookie: () => '',
      cookies: () => [],
      intent: 'write',
      isRecheck: false,
      query: () => '',
    });
  }
}
