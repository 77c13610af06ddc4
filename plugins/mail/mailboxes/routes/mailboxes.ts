/** Our own API: making mailboxes, one with its settings, and what somebody may do with mail at all. */
import Type from 'typebox';
import { IF_MATCH, type Principal, preconditionOf, reply, route } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import { refusalToForward } from '../../may-send.ts';
import { ACCOUNTS, MessageId, Time } from '../../shapes.ts';
import type { MailboxesScope } from '../services.ts';
import { ListedMailbox, listedMailboxes } from './mailbox-list.ts';

const read = { scope: 'mail:read', kinds: ACCOUNTS };
const manage = { scope: 'mail:manage', kinds: ACCOUNTS };
const RANDOM_NAME_LENGTH = 8;

export const mailboxRoutes = [
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
    access: manage,
    summary: 'Makes a mailbox: with a name of your choice, or a random one',
    body: Type.Object({
      local: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'What stands before the @' })),
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
    access: manage,
    summary: 'Changes the settings of a mailbox; sign-in and password are for super-admins',
    params: MessageId,
    body: Type.Object({
      pinned: Type.Optional(Type.Boolean({ description: 'Kept for ever' })),
      favorite: Type.Optional(Type.Boolean({ description: 'Kept for ever' })),
      forward_to: Type.Optional(Type.Union([Type.String({ maxLength: 320 }), Type.Null()])),
      expires_at: Type.Optional({ ...Time, description: 'When it goes; within a year' }),
      can_login: Type.Optional(Type.Boolean({ description: 'Whether somebody may sign in as the mailbox' })),
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
    access: manage,
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
