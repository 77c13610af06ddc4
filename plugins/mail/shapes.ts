/** Shapes that routes of several parts have in common: who may call them, times, ids. */
import Type from 'typebox';
import type { PrincipalKind } from '#core/kit.ts';

/** Who may change what belongs to an account. */
export const ACCOUNTS: PrincipalKind[] = ['user', 'apiKey', 'root'];

/** Who may read what our own API has: accounts, and who is signed in as a mailbox. */
export const PEOPLE: PrincipalKind[] = [...ACCOUNTS, 'mailbox'];

/** What reading asks for, changing, and sending. */
export const READ = { scope: 'mail:read', kinds: PEOPLE };
export const MANAGE = { scope: 'mail:manage', kinds: ACCOUNTS };
export const SEND = { scope: 'mail:send', kinds: ACCOUNTS };

export const Time = Type.String({ format: 'date-time' });
export const TimeOrNull = Type.Union([Time, Type.Null()]);

/** Of an input of a function: pages offer one's mailboxes for it, and take any address. */
export const OWN_MAILBOXES = { 'x-choices': 'mail.mailboxes' };

/** Of a mailbox, in what is asked for. */
export const MailboxAddress = Type.String({ minLength: 3, maxLength: 320 });

export const MessageId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) });

/** Yes or no in a query, in the two ways that clients write it. */
export const Flag = Type.Optional(Type.Enum(['1', '0', 'true', 'false']));

/** Undefined when the client did not say. */
export function isOn(flag: string | undefined): boolean | undefined {
  return flag === undefined ? undefined : flag === '1' || flag === 'true';
}

/** A mailbox by its address, where rows of a list are joined with those of mailboxes. */
export const MAILBOX_COLUMN = {
  type: 'text',
  column: 'mail_mailboxes.address',
  filter: 'equals',
  description: 'Address of a mailbox',
} as const;
