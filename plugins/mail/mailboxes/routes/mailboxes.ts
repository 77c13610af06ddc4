/** Our own API: mailboxes with what is new in them, their settings and domains, and what somebody may do with mail at all. */

import Type, { type Static } from 'typebox';
import { isoTime } from '#core/kit.ts';
import { IF_MATCH, listRoute, type Principal, preconditionOf, reply, route, versionOf } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import { refusalToForward } from '../../may-send.ts';
import { ACCOUNTS, MANAGE, MessageId, READ, Time, TimeOrNull } from '../../shapes.ts';
import type { MailboxesScope } from '../services.ts';
import type { MailboxRow } from '../tables.ts';

const read = { scope: 'mail:read', kinds: ACCOUNTS };
const RANDOM_NAME_LENGTH = 8;

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

export const mailboxRoutes = [
  listRoute({
    path: '/api/platform/mail/mailboxes',
    access: READ,
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
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/domains',
    access: 'superadmin',
    summary: 'The domains that this server takes mail for, as the configuration names them',
    responses: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            name: Type.String(),
            is_public: Type.Boolean({ description: 'Everybody with an account may take mailboxes there' }),
          }),
        ),
        next_cursor: Type.Null(),
      }),
    },
    handler(_, { mailboxes, mailboxTaking }: MailboxesScope) {
      const items = mailboxes
        .domains()
        .map((name) => ({ name, is_public: mailboxTaking.publicDomains().includes(name) }));
      return { items, next_cursor: null };
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/allowance',
    access: read,
    summary: 'What you may do with mail: send, and make mailboxes in which domains',
    responses: {
      200: Type.Object({
        may_send: Type.Boolean(),
        mailboxes: Type.Object({
          used: Type.Integer(),
          limit: Type.Union([Type.Integer(), Type.Null()], { description: 'Null: without limit' }),
        }),
        domains: Type.Array(Type.String(), { description: 'In which you may make mailboxes' }),
        mailbox_seconds: Type.Integer({ description: 'How long a mailbox lives that is not pinned; 0: for ever' }),
      }),
    },
    async handler({ principal }, services: MailboxesScope) {
      const { mailboxSettings, mailboxTaking } = services;
      const { limit, used } = await mailboxSettings.quota(principal);
      return {
        may_send: (await refusalToForward(principal, services)) === null,
        mailboxes: { used, limit: limit < 0 ? null : limit },
        domains: [...(await mailboxTaking.domainsFor(principal))],
        mailbox_seconds: services.mailboxes.lifeSeconds,
      };
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/mailboxes',
    operationId: 'addMailbox',
    access: MANAGE,
    summary: 'Makes a mailbox: with a name of your choice, or a random one',
    body: Type.Object({
      local: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'The part before the @' })),
      domain: Type.Optional(Type.String({ maxLength: 255, description: 'Default: the first that you may use' })),
    }),
    responses: { 201: ListedMailbox },
    async handler({ body, principal }, services: MailboxesScope) {
      const { mailboxes, mailboxSettings, mailboxTaking } = services;
      const { local, domain } = body;
      const open = await mailboxTaking.domainsFor(principal);
      const domainIndex = domain === undefined ? 0 : open.indexOf(domain.toLowerCase());
      if (domainIndex < 0) throw open.length === 0 ? mailErrors.domain_not_open() : mailErrors.unknown_domain();
      const row =
        local === undefined
          ? await mailboxes.generate(principal, { length: RANDOM_NAME_LENGTH, domainIndex })
          : await mailboxSettings.create(principal, { local, domainIndex });
      return reply(201, await viewOf(principal, row.id, services));
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/mailboxes/{id}',
    access: read,
    summary: 'One mailbox with its settings',
    params: MessageId,
    responses: { 200: ListedMailbox },
    handler: ({ params, principal }, services: MailboxesScope) => viewOf(principal, params.id, services),
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/mailboxes/{id}/mbox',
    operationId: 'exportMailbox',
    access: read,
    summary: 'All mail of a mailbox as one mbox file (RFC 4155), oldest first',
    rateLimit: { name: 'mail.export', points: 20, windowSeconds: 3600, by: 'principal' },
    params: MessageId,
    responses: { 200: null },
    produces: ['application/mbox'],
    async handler({ params, principal }, { mailboxExport }: MailboxesScope) {
      const { address, stream } = await mailboxExport.mbox(principal, params.id);
      return reply(200, stream, {
        'content-type': 'application/mbox',
        'content-disposition': `attachment; filename="${address.replace(/[^\w.@-]/g, '_')}.mbox"`,
      });
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/mail/mailboxes/{id}',
    access: MANAGE,
    summary: 'Changes the settings of a mailbox; sign-in and password are for super-admins',
    params: MessageId,
    body: Type.Object({
      pinned: Type.Optional(Type.Boolean({ description: 'Kept for ever' })),
      favorite: Type.Optional(Type.Boolean({ description: 'Kept for ever' })),
      forward_to: Type.Optional(Type.Union([Type.String({ maxLength: 320 }), Type.Null()])),
      expires_at: Type.Optional({ ...Time, description: 'When it goes; within a year' }),
      can_login: Type.Optional(Type.Boolean({ description: 'Whether people can sign in as the mailbox' })),
      password: Type.Optional(
        Type.Union([Type.String({ minLength: 1, maxLength: 1024 }), Type.Null()], { writeOnly: true }),
      ),
    }),
    requestHeaders: IF_MATCH,
    responses: { 200: ListedMailbox },
    async handler({ params, body, principal, ctx }, services: MailboxesScope) {
      const { expires_at, ...rest } = body;
      const wish = { ...rest, ...(expires_at !== undefined && { expires_at: Date.parse(expires_at) }) };
      await services.mailboxSettings.edit(principal, params.id, wish, preconditionOf(ctx));
      return viewOf(principal, params.id, services);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/mail/mailboxes/{id}',
    access: MANAGE,
    summary: 'Deletes a mailbox with its mail',
    params: MessageId,
    responses: { 204: null },
    async handler({ params, principal }, services: MailboxesScope) {
      const { address } = await viewOf(principal, params.id, services);
      await services.mailboxSettings.remove(principal, address);
      return reply(204);
    },
  }),
];

/** Throws `mailbox_not_found`, also for one that is somebody else's. */
async function viewOf(principal: Principal, id: number, services: MailboxesScope) {
  const { query } = await services.mailVisibility.mailboxes(principal);
  const [view] = await listedMailboxes(await query.where({ id }), services);
  if (!view) throw mailErrors.mailbox_not_found();
  return view;
}

/** Mailboxes with what is new in each. */
async function listedMailboxes(rows: readonly ListedRow[], { db }: MailboxesScope) {
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
