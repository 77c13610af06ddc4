/** Mails that a platform under test sends. */
import type { OutgoingMail } from '../mailer/outgoing.ts';
import type { TestPlatform } from './harness.ts';

/** Mails that the platform hands to its mailer from now on, in order; none of them leaves. */
export function catchMails(app: TestPlatform): OutgoingMail[] {
  const caught: OutgoingMail[] = [];
  app.services.mailer.send = async (mail) => {
    caught.push(mail);
    return { id: String(caught.length) };
  };
  return caught;
}
