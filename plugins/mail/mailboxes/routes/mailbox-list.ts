/** Our own API: the list of mailboxes that somebody sees, with what is new in them. */
import Type, { type Static } from 'typebox';
import { listRoute, versionOf } from '#core/plugin.ts';
import { isoTime, PEOPLE, Time, TimeOrNull } from '../../shapes.ts';
import type { MailboxesScope } from '../services.ts';
import type { MailboxRow } from '../tables.ts';

/** As many unread messages are counted, so that a mailbox of a million costs what one of a hundred does. */
const MOST_COUNTED = 100;

type ListedRow = MailboxRow & { unseen_up_to: number };

export const ListedMailbox = Type.Object({
  id: Type.Integer(),
  address: Type.String(),
  domain: Type.String(),
  user_id: Type.Union([Type.Integer(), Type.Null()]),
  tenant_id: Type.Union([Type.String(), Type.Null()]),
  pinned: Type.Boolean(),
  favorite: Type.Boolean(),
  can_login: Type.Boolean(),
  forward_to: Type.Union([Type.String(), Type.Null()]),
  created_at: Time,
  expires_at: TimeOrNull,
  unread: Type.Integer({ description: `In the inbox; ${MOST_COUNTED} means as many or more` }),
  last_mail_at: TimeOrNull,
  version: Type.String({ description: 'For `If-Match`' }),
});

export const mailboxList = listRoute({
  path: '/api/platform/mail/mailboxes',
  access: { scope: 'mail:read', kinds: PEOPLE },
  summary: 'Mailboxes: your own, those of the tenant for its administrators, all for super-admins',
  item: ListedMailbox,
  columns: {
    address: {
      type: 'text',
      filter: 'prefix',
      orders: true,
      sort: true,
      description: 'The beginning of the address, in lower case',
    },
    domain: { type: 'text', filter: 'equals' },
    user_id: { type: 'integer', filter: 'equals' },
    pinned: { type: 'boolean', column: 'is_pinned', filter: 'equals' },
    favorite: { type: 'boolean', column: 'is_favorite', filter: 'equals' },
    can_login: { type: 'boolean', filter: 'equals' },
    created_at: { type: 'time', filter: 'range', sort: true },
  },
  rows: ({ principal }, { mailVisibility }: MailboxesScope) => mailVisibility.mailboxes(principal),
  items: listedMailboxes,
});

/** Mailboxes with what is new in each. */
export async function listedMailboxes(rows: readonly ListedRow[], { db }: MailboxesScope) {
  const news = await newsOf(rows, db);
  return rows.map((row) => listedMailbox(row, news.get(row.id)));
}

interface News {
  unread: number;
  last_mail_at: number | null;
}

/** One look for a page: each number is found by an index, and no more is counted than is shown. */
async function newsOf(rows: readonly ListedRow[], { read }: MailboxesScope['db']): Promise<Map<number, News>> {
  if (rows.length === 0) return new Map();
  const values = `values ${rows.map(() => '(cast(? as bigint), cast(? as bigint))').join(', ')}`;
  const cells = rows.flatMap(({ id, unseen_up_to }) => [id, unseen_up_to]);
  const shown = `from mail_messages where mailbox_id = boxes.id and id > boxes.unseen_up_to
    and folder = 'inbox' and parsed_at is not null`;
  const found: { id: number; unread: number | string; last_mail_at: number | null }[] = await read
    .with('boxes', ['id', 'unseen_up_to'], read.raw(values, cells))
    .from('boxes')
    .select(
      'boxes.id',
      read.raw(`(select count(*) from (select 1 ${shown} and is_read = 0 limit ${MOST_COUNTED}) as new) as unread`),
      read.raw(`(select received_at ${shown} order by id desc limit 1) as last_mail_at`),
    );
  return new Map(found.map(({ id, unread, last_mail_at }) => [Number(id), { unread: Number(unread), last_mail_at }]));
}

function listedMailbox({ unseen_up_to: _, ...row }: ListedRow, news: News | undefined): Static<typeof ListedMailbox> {
  const { id, address, domain, user_id, tenant_id, forward_to } = row;
  return {
    id,
    address,
    domain,
    user_id,
    tenant_id,
    forward_to,
    pinned: row.is_pinned === 1,
    favorite: row.is_favorite === 1,
    can_login: row.can_login === 1,
    created_at: isoTime(row.created_at),
    expires_at: row.expires_at === null ? null : isoTime(row.expires_at),
    unread: news?.unread ?? 0,
    last_mail_at: news?.last_mail_at ? isoTime(news.last_mail_at) : null,
    version: versionOf(row),
  };
}
