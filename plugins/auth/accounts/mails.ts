/**
 * Auth's mails: written as a job in the transaction that they are about, with the token sealed until it is sent. They go
 * to addresses that somebody has typed, so there are limits for each recipient and for whoever has them sent.
 */
import Type, { type Static } from 'typebox';
import { isAppError, type RateLimit } from '#core/kit.ts';
import { defineJob, type Services, type Transaction } from '#core/plugin.ts';
import type { UserRow } from './tables.ts';

const MailPayload = Type.Object({
  template: Type.Enum([
    'verify',
    'reset',
    'magic',
    'invite',
    'password_changed',
    'email_changed',
    'key_made',
    'passkey_added',
  ]),
  to: Type.String(),
  /** Sealed for purpose `auth.mail`. */
  token: Type.Union([Type.String(), Type.Null()]),
  /** What else the text says. */
  values: Type.Optional(Type.Record(Type.String(), Type.String())),
});
type MailPayload = Static<typeof MailPayload>;
export type MailTemplate = MailPayload['template'];

const FOLDER = new URL('../mail-templates/', import.meta.url);
export const INVITATION_PAGE = '/auth/invitation';
export const RESET_PAGE = '/auth/reset-password';
/** The page that the link of a mail leads to. */
const PAGES: Partial<Record<MailTemplate, string>> = {
  verify: '/auth/verify-email',
  reset: RESET_PAGE,
  magic: '/auth/magic-link',
  invite: INVITATION_PAGE,
};

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
/** Mails to one address, whoever asks for them. */
const TO_ONE: readonly RateLimit[] = [
  { name: 'auth.mail.recipient.hour', points: 6, windowSeconds: HOUR_SECONDS, shared: 'closed' },
  { name: 'auth.mail.recipient.day', points: 20, windowSeconds: DAY_SECONDS, shared: 'closed' },
];
/** Mails to strangers that one person, tenant or address has sent. */
const BY_ONE: readonly RateLimit[] = [
  { name: 'auth.mail.sender.hour', points: 20, windowSeconds: HOUR_SECONDS, shared: 'closed' },
  { name: 'auth.mail.sender.day', points: 60, windowSeconds: DAY_SECONDS, shared: 'closed' },
];

export interface Mails {
  /** Counts a mail to a stranger. `sender` is the tenant, person or IP address that has it sent. Throws `rate_limited`. */
  admit(to: string, sender: string): Promise<void>;
  /** Counts a mail to the recipient; false when there were too many. For answers that must not tell. */
  isWithinLimit(to: string): Promise<boolean>;
  /** Sends when the transaction has committed, and only then. Its job has the address as lane, for `cancelMails`. */
  enqueue(
    trx: Transaction,
    template: MailTemplate,
    to: string,
    token?: string,
    values?: Record<string, string>,
  ): Promise<void>;
  /** The link with which an address is confirmed; it names the account, so that nobody confirms somebody else's. */
  enqueueVerify(
    trx: Transaction,
    account: Pick<UserRow, 'username' | 'email'>,
    to: string,
    token: string,
  ): Promise<void>;
}

/** A lane is at most 200 characters, an address 320. */
export function laneOf(address: string): string {
  return address.slice(0, 200);
}

/** Takes back what waits, or could not be sent, for addresses and phones that are erased. */
export async function cancelMails(trx: Transaction, addresses: readonly (string | null)[]): Promise<void> {
  await mailsTo(trx, addresses).delete();
}

/**
 * The same for addresses that an account has given and nobody has confirmed: what is about that account alone, since they may
 * be somebody else's, who waits for an invitation, or has an account there.
 */
export async function cancelMailsOf(
  trx: Transaction,
  { email, pending_email }: Pick<UserRow, 'email' | 'pending_email'>,
): Promise<void> {
  await mailsTo(trx, [email])
    .whereNot('payload', 'like', `${beginningWith('invite')}%`)
    .delete();
  await mailsTo(trx, [pending_email])
    .where('payload', 'like', `${beginningWith('verify')}%`)
    .delete();
}

function mailsTo(trx: Transaction, addresses: readonly (string | null)[]) {
  const lanes = addresses.filter((address) => address !== null).map(laneOf);
  return trx('core_jobs').whereIn('name', ['auth.sendMail', 'auth.mailLink', 'auth.sendSms']).whereIn('lane', lanes);
}

/** As payloads are written by `enqueue`. */
function beginningWith(template: MailPayload['template']): string {
  return JSON.stringify({ template }).slice(0, -1);
}

export function createMails({ jobs, secrets, rateLimits }: Services): Mails {
  const mails: Mails = {
    async admit(to, sender) {
      for (const limit of BY_ONE) await rateLimits.consume(limit, sender);
      for (const limit of TO_ONE) await rateLimits.consume(limit, to);
    },
    async isWithinLimit(to) {
      try {
        for (const limit of TO_ONE) await rateLimits.consume(limit, to);
        return true;
      } catch (error) {
        if (isAppError(error) && error.code === 'rate_limited') return false;
        throw error;
      }
    },
    async enqueue(trx, template, to, token, values) {
      const payload: MailPayload = {
        template,
        to,
        token: token ? secrets.seal('auth.mail', token) : null,
        ...(values && { values }),
      };
      await jobs.enqueue(trx, 'auth.sendMail', payload, { lane: laneOf(to) });
    },
    enqueueVerify: (trx, { username, email }, to, token) =>
      mails.enqueue(trx, 'verify', to, token, { account: username ?? email ?? to }),
  };
  return mails;
}

export const sendMail = defineJob({
  name: 'auth.sendMail',
  summary: 'Sends a link or a notice to a person',
  payload: MailPayload,
  async run({ template, to, token: sealed, values }, { id }, { mailer, mailTemplates, secrets, coreConfig }) {
    const token = sealed ? secrets.open('auth.mail', sealed).toString('utf8') : '';
    const link = `${coreConfig.http.publicUrl}${PAGES[template] ?? ''}?token=${encodeURIComponent(token)}`;
    const mail = mailTemplates.render(FOLDER, template, { account: to, ...values, link, token });
    await mailer.send({ to, ...mail, idempotencyKey: `auth.sendMail/${id}` });
  },
});
