/** Auth's mails: written as a job in the transaction that they are about, with the token sealed until it is sent. */
import Type, { type Static } from 'typebox';
import type { Transaction } from '#core/database/database.ts';
import { defineJob, type Services } from '#core/plugin.ts';

const MailPayload = Type.Object({
  template: Type.Enum(['verify', 'reset', 'magic', 'invite', 'password_changed']),
  to: Type.String(),
  /** Sealed for purpose `auth.mail`. */
  token: Type.Union([Type.String(), Type.Null()]),
});
type MailPayload = Static<typeof MailPayload>;
export type MailTemplate = MailPayload['template'];

const FOLDER = new URL('../mail-templates/', import.meta.url);
/** The page that the link of a mail leads to. */
const PAGES: Partial<Record<MailTemplate, string>> = {
  verify: '/auth/verify-email',
  reset: '/auth/reset-password',
  magic: '/auth/magic-link',
  invite: '/auth/invitation',
};

export interface Mails {
  /** Sends when the transaction has committed, and only then. */
  enqueue(trx: Transaction, template: MailTemplate, to: string, token?: string): Promise<void>;
}

export function createMails({ jobs, secrets }: Services): Mails {
  return {
    async enqueue(trx, template, to, token) {
      const payload: MailPayload = { template, to, token: token ? secrets.seal('auth.mail', token) : null };
      await jobs.enqueue(trx, 'auth.sendMail', payload);
    },
  };
}

export const sendMail = defineJob({
  name: 'auth.sendMail',
  summary: 'Sends a link or a notice to a person',
  payload: MailPayload,
  async run({ template, to, token: sealed }, { id }, { mailer, mailTemplates, secrets, coreConfig }) {
    const token = sealed ? secrets.open('auth.mail', sealed).toString('utf8') : '';
    const link = `${coreConfig.http.publicUrl}${PAGES[template] ?? ''}?token=${encodeURIComponent(token)}`;
    const mail = mailTemplates.render(FOLDER, template, { link, token });
    await mailer.send({ to, ...mail, idempotencyKey: `auth.sendMail/${id}` });
  },
});
