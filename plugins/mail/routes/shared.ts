/** What the routes of the temp-mail API have in common. */
import Type from 'typebox';
import type { PrincipalKind } from '#core/kit.ts';
import { reply } from '#core/plugin.ts';

/** Who may read: people, and who is signed in as a mailbox or as the guest. */
export const READERS: PrincipalKind[] = ['user', 'apiKey', 'root', 'mailbox', 'guest'];
/** Who may change what belongs to an account. */
export const ACCOUNTS: PrincipalKind[] = ['user', 'apiKey', 'root'];

/** Who may read what our own API has: accounts, and who is signed in as a mailbox. */
export const PEOPLE: PrincipalKind[] = [...ACCOUNTS, 'mailbox'];

export const Time = Type.String({ format: 'date-time' });
export const TimeOrNull = Type.Union([Time, Type.Null()]);

/** Times of our own API. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

export const MessageId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) });

/** A bare array with its total in a header, or `{list, total}` for clients that ask by page. */
export function listReply(list: unknown[], total: number, isPaged: boolean, extra: Record<string, number> = {}) {
  return reply(200, isPaged ? { list, total, ...extra } : list, { 'x-total-count': String(total) });
}

/** Yes or no in a query, in the two ways that clients write it. */
export const Flag = Type.Optional(Type.Enum(['1', '0', 'true', 'false']));

/** Undefined when the client did not say. */
export function isOn(flag: string | undefined): boolean | undefined {
  return flag === undefined ? undefined : flag === '1' || flag === 'true';
}
