/** What routes of the temp-mail API share: who reads, and the two ways to ask for a part of a list, `?limit=&offset=` and `?page=&size=`. */
import Type from 'typebox';
import { reply } from '#core/plugin.ts';
import { PEOPLE } from '../../shapes.ts';

/** People, and who is signed in as a mailbox or as the guest. */
export const READERS = [...PEOPLE, 'guest' as const];

export const Success = Type.Object({ success: Type.Literal(true) });

export function PageOrOffset(defaultLimit: number, maxLimit: number) {
  return {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxLimit, description: `Default ${defaultLimit}` })),
    offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    size: Type.Optional(Type.Integer({ minimum: 1, maximum: maxLimit })),
  };
}

interface Wish {
  limit?: number;
  offset?: number;
  page?: number;
  size?: number;
}

/** Limit and offset of either way; `isPaged` when the client asked by page and so reads `{list, total}`. */
export function pageOf({ limit, offset, page, size }: Wish, defaultLimit: number) {
  const isPaged = page !== undefined || size !== undefined;
  const count = size ?? limit ?? defaultLimit;
  return { limit: count, offset: isPaged ? ((page ?? 1) - 1) * count : (offset ?? 0), isPaged };
}

/** A bare array with its total in a header, or `{list, total}` for clients that ask by page. */
export function listReply(list: unknown[], total: number, isPaged: boolean, extra: Record<string, number> = {}) {
  return reply(200, isPaged ? { list, total, ...extra } : list, { 'x-total-count': String(total) });
}
