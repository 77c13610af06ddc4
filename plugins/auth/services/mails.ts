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

interface Template {
  subject: string;
  text: string;
  /** Path of the page that the link leads to. */
  page?: string;
}

const TEMPLATES: Record<MailTemplate, Template> = {
  verify: {
    subject: 'Confirm your e-mail address',
    text: 'Somebody, probably you, gave this address to Patchbay. Confirm it within 24 hours:',
    page: '/auth/verify-email',
  },
  reset: {
    subject: 'Choose a new password',
    text: 'Somebody, probably you, asked for a new password. The link works once and for 60 minutes:',
    page: '/auth/reset-password',
  },
  magic: {
    subject: 'Your sign-in link',
    text: 'Sign in with this link. It works once and for 15 minutes:',
    page: '/auth/magic-link',
  },
  invite: {
    subject: 'You are invited',
    text: 'You are invited to work with others on Patchbay. The invitation is valid for 7 days:',
    page: '/auth/invitation',
  },
  password_changed: {
    subject: 'Your password was changed',
    text: 'Your password was changed and all sessions were ended. If that was not you, ask for a new password now.',
  },
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
  async run({ template, to, token }, { id }, { mailer, secrets, coreConfig }) {
    const { subject, text, page } = TEMPLATES[template];
    const lines = [text];
    if (token && page) {
      const opened = secrets.open('auth.mail', token).toString('utf8');
      lines.push('', `${coreConfig.http.publicUrl}${page}?token=${encodeURIComponent(opened)}`, '', `Token: ${opened}`);
      lines.push('', 'If you did not ask for it, ignore this mail.');
    }
    await mailer.send({ to, subject, text: `${lines.join('\n')}\n`, idempotencyKey: `auth.sendMail/${id}` });
  },
});
