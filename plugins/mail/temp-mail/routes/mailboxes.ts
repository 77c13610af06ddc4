/** Temp-mail: domains, mailboxes with chosen names and random ones, and what people change about theirs. */
import Type from 'typebox';
import { reply, route } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import { Flag, isOn, MANAGE, MailboxAddress, MessageId } from '../../shapes.ts';
import { demoMailboxes } from '../demo-data.ts';
import { ADMINS_HAVE_NO_LIMIT, PASSWORD_CHANGED } from '../dialect-messages.ts';
import type { TempMailScope } from '../services.ts';
import { FAR_FUTURE_MS, MailboxView, mailboxView } from '../views.ts';
import { listReply, PageOrOffset, pageOf, READERS, Success } from './paging.ts';

const read = { scope: 'mail:read', kinds: READERS };
/** Clients name the mailbox in the query or in the body. */
const MaybeAddress = Type.Object({ address: Type.Optional(MailboxAddress) });
const MailboxId = MessageId.properties.id;
export const ForwardTo = Type.Union([Type.String({ maxLength: 320 }), Type.Null()]);
const Password = Type.String({ minLength: 1, maxLength: 1024, writeOnly: true });

export const mailboxRoutes = [
  route({
    method: 'GET',
    path: '/api/domains',
    access: read,
    summary: 'Domains in which you can make mailboxes',
    responses: { 200: Type.Array(Type.String(), { examples: [['example.com', 'mail.example.com']] }) },
    handler: async ({ principal }, { mailboxTaking }: TempMailScope) => [
      ...(await mailboxTaking.domainsFor(principal)),
    ],
  }),
  route({
    method: 'GET',
    path: '/api/generate',
    operationId: 'generateMailbox',
    changes: true,
    access: { scope: 'mail:manage', kinds: READERS },
    summary: 'Makes a mailbox with a random name',
    query: Type.Object({
      length: Type.Optional(Type.Integer({ minimum: 4, maximum: 32, default: 8 })),
      domainIndex: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000, default: 0 })),
    }),
    responses: {
      200: Type.Object(
        { email: Type.String(), expires: Type.Integer() },
        { examples: [{ email: 'abc123@example.com', expires: 1704067200000 }] },
      ),
    },
    async handler({ query, principal }, { mailboxes, clock }: TempMailScope) {
      if (principal.kind === 'guest') throw mailErrors.guest_read_only();
      if (principal.kind === 'mailbox') throw mailErrors.not_your_mailbox();
      const row = await mailboxes.generate(principal, {
        length: query.length ?? 8,
        domainIndex: query.domainIndex ?? 0,
      });
      return { email: row.address, expires: row.expires_at ?? clock.now() + FAR_FUTURE_MS };
    },
  }),
  route({
    method: 'GET',
    path: '/api/mailboxes',
    access: read,
    summary: 'Your mailboxes, pinned ones first; with `page` or `size` as {list, total}',
    query: Type.Object({
      ...PageOrOffset(100, 500),
      domain: Type.Optional(Type.String({ maxLength: 255 })),
      favorite: Flag,
      forward: Flag,
      login: Flag,
      q: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    responses: {
      200: Type.Union([Type.Array(MailboxView), Type.Object({ list: Type.Array(MailboxView), total: Type.Integer() })]),
    },
    async handler({ query, principal }, { mailboxes, clock }: TempMailScope) {
      const page = pageOf(query, 100);
      if (principal.kind === 'guest') {
        const rows = demoMailboxes(mailboxes.domains()[0] ?? 'example.com', clock.now());
        return listReply(rows.slice(page.offset, page.offset + page.limit).map(mailboxView), rows.length, page.isPaged);
      }
      const { rows, total } = await mailboxes.list(principal, {
        ...page,
        ...(query.domain && { domain: query.domain }),
        ...(query.q && { q: query.q }),
        favorite: isOn(query.favorite),
        forward: isOn(query.forward),
        login: isOn(query.login),
      });
      return listReply(rows.map(mailboxView), total, page.isPaged);
    },
  }),
  route({
    method: 'POST',
    path: '/api/create',
    operationId: 'createMailbox',
    access: MANAGE,
    summary: 'Makes a mailbox with a chosen name',
    body: Type.Object({
      local: Type.String({ minLength: 1, maxLength: 64 }),
      domainIndex: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
    }),
    responses: {
      200: Type.Object(
        { email: Type.String(), expires: Type.Integer() },
        { examples: [{ email: 'myname@example.com', expires: 1704067200000 }] },
      ),
    },
    async handler({ body, principal }, { mailboxSettings, clock }: TempMailScope) {
      const row = await mailboxSettings.create(principal, { local: body.local, domainIndex: body.domainIndex ?? 0 });
      return { email: row.address, expires: row.expires_at ?? clock.now() + FAR_FUTURE_MS };
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/mailboxes',
    access: MANAGE,
    summary: 'Deletes a mailbox with its mail',
    query: Type.Object({ address: MailboxAddress }),
    responses: { 200: Type.Object({ success: Type.Literal(true), deleted: Type.Literal(true) }) },
    async handler({ query, principal }, { mailboxSettings }: TempMailScope) {
      await mailboxSettings.remove(principal, query.address);
      return { success: true, deleted: true };
    },
  }),
  route({
    method: 'GET',
    path: '/api/user/quota',
    access: read,
    summary: 'How many mailboxes you may have, and have',
    responses: {
      200: Type.Object(
        { limit: Type.Integer(), used: Type.Integer(), remaining: Type.Integer(), note: Type.Optional(Type.String()) },
        { examples: [{ limit: 10, used: 3, remaining: 7 }] },
      ),
    },
    async handler({ principal }, { mailboxSettings }: TempMailScope) {
      if (principal.kind === 'guest') return { limit: 3, used: 3, remaining: 0 };
      if (principal.kind === 'mailbox') return { limit: 1, used: 1, remaining: 0 };
      const quota = await mailboxSettings.quota(principal);
      return { ...quota, ...(quota.limit < 0 && { note: ADMINS_HAVE_NO_LIMIT }) };
    },
  }),
  route({
    method: 'POST',
    path: '/api/mailboxes/pin',
    access: MANAGE,
    summary: 'Pins a mailbox, or unpins it',
    query: MaybeAddress,
    body: MaybeAddress,
    responses: { 200: Type.Object({ success: Type.Literal(true), pinned: Type.Boolean() }) },
    async handler({ query, body, principal }, { mailboxSettings }: TempMailScope) {
      const pinned = await mailboxSettings.togglePin(principal, addressOf(query, body));
      return { success: true, pinned };
    },
  }),
  route({
    method: 'POST',
    path: '/api/mailboxes/reset-password',
    access: 'superadmin',
    summary: 'Clears the password of a mailbox',
    query: MaybeAddress,
    body: MaybeAddress,
    responses: { 200: Success },
    async handler({ query, body }, { mailboxSettings }: TempMailScope) {
      await mailboxSettings.setPassword(addressOf(query, body), null);
      return { success: true };
    },
  }),
  route({
    method: 'POST',
    path: '/api/mailboxes/toggle-login',
    access: 'superadmin',
    summary: 'Lets people sign in as the mailbox, or not',
    body: Type.Object({ address: MailboxAddress, can_login: Type.Boolean() }),
    responses: { 200: Type.Object({ success: Type.Literal(true), can_login: Type.Boolean() }) },
    async handler({ body }, { mailboxSettings }: TempMailScope) {
      await mailboxSettings.changeByAddress(body.address, { can_login: body.can_login ? 1 : 0 });
      return { success: true, can_login: body.can_login };
    },
  }),
  route({
    method: 'POST',
    path: '/api/mailboxes/change-password',
    operationId: 'changeMailboxPassword',
    access: 'superadmin',
    summary: 'Sets the password of a mailbox',
    body: Type.Object({ address: MailboxAddress, new_password: Password }),
    responses: { 200: Success },
    async handler({ body }, { mailboxSettings }: TempMailScope) {
      await mailboxSettings.setPassword(body.address, body.new_password);
      return { success: true };
    },
  }),
  route({
    method: 'POST',
    path: '/api/mailbox/forward',
    access: MANAGE,
    summary: 'Sets where mail is forwarded to; empty ends it',
    body: Type.Object({ mailbox_id: MailboxId, forward_to: ForwardTo }),
    responses: { 200: Success },
    async handler({ body, principal }, { mailboxSettings }: TempMailScope) {
      await mailboxSettings.change(principal, body.mailbox_id, { forward_to: body.forward_to?.trim() || null });
      return { success: true };
    },
  }),
  route({
    method: 'POST',
    path: '/api/mailbox/favorite',
    access: MANAGE,
    summary: 'Marks a mailbox as favourite, or not',
    body: Type.Object({ mailbox_id: MailboxId, is_favorite: Type.Boolean() }),
    responses: { 200: Success },
    async handler({ body, principal }, { mailboxSettings }: TempMailScope) {
      await mailboxSettings.change(principal, body.mailbox_id, { is_favorite: body.is_favorite ? 1 : 0 });
      return { success: true };
    },
  }),
  route({
    method: 'GET',
    path: '/api/mailbox/info',
    access: read,
    summary: 'The settings of one mailbox',
    query: Type.Object({ address: MailboxAddress }),
    responses: {
      200: Type.Object({
        id: Type.Integer(),
        address: Type.String(),
        is_favorite: Type.Integer(),
        forward_to: Type.Union([Type.String(), Type.Null()]),
        can_login: Type.Integer(),
      }),
    },
    async handler({ query, principal }, { mailboxes, clock }: TempMailScope) {
      const row =
        principal.kind === 'guest'
          ? demoMailbox(query.address, clock.now())
          : await mailboxes.readable(principal, query.address);
      const { id, address, is_favorite, forward_to, can_login } = row;
      return { id, address, is_favorite, forward_to, can_login };
    },
  }),
  route({
    method: 'PUT',
    path: '/api/mailbox/password',
    access: { kinds: ['mailbox'] },
    summary: 'Changes the password of the mailbox that you are signed in as',
    body: Type.Object({ currentPassword: Password, newPassword: Password }),
    responses: {
      200: Type.Object(
        { success: Type.Literal(true), message: Type.String() },
        { examples: [{ success: true, message: PASSWORD_CHANGED }] },
      ),
    },
    async handler({ body, principal, ip, userAgent }, { mailboxSettings, mailSessions }: TempMailScope) {
      await mailboxSettings.changeOwnPassword(principal.id, body.currentPassword, body.newPassword);
      // The change ends every session of the mailbox; this one goes on.
      const cookie = await mailSessions.cookieFor(principal, { ip, userAgent });
      return reply(200, { success: true, message: PASSWORD_CHANGED }, { 'set-cookie': cookie });
    },
  }),
];

function addressOf(query: { address?: string }, body: { address?: string }): string {
  const address = query.address ?? body.address;
  if (!address) throw mailErrors.bad_address();
  return address;
}

function demoMailbox(address: string, now: number) {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const found = demoMailboxes(domain, now).find((row) => row.address === address);
  if (!found) throw mailErrors.mailbox_not_found();
  return found;
}
