/** Temp-mail: accounts, for super-admins. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import type { User } from '#plugins/auth/contract.ts';
import { MailboxAddress, MessageId } from '../../shapes.ts';
import type { TempMailScope } from '../services.ts';
import { roleOfRow } from '../users.ts';
import { UserMailboxView, UserView, userMailboxView, wireTime } from '../views.ts';
import { listReply, PageOrOffset, pageOf, Success } from './paging.ts';

const access = 'superadmin';
const Username = Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\s@\\x00-\\x1f]+$' });
const Password = Type.String({ minLength: 1, maxLength: 1024, writeOnly: true });
const Role = Type.Enum(['user', 'admin']);
const Limit = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const Ownership = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 320 }),
  address: MailboxAddress,
});

export const userRoutes = [
  route({
    method: 'GET',
    path: '/api/users',
    access,
    summary: 'All accounts; with `page` or `size` as {list, total, …}',
    query: Type.Object({ ...PageOrOffset(50, 100), sort: Type.Optional(Type.Enum(['asc', 'desc'])) }),
    responses: {
      200: Type.Union([
        Type.Array(UserView),
        Type.Object({
          list: Type.Array(UserView),
          total: Type.Integer(),
          total_mailboxes: Type.Integer(),
          admin_count: Type.Integer(),
          active_count: Type.Integer(),
        }),
      ]),
    },
    async handler({ query }, { mailUsers }: TempMailScope) {
      const page = pageOf(query, 50);
      const { users, total, ...figures } = await mailUsers.list({ ...page, sort: query.sort ?? 'desc' });
      const list = users.map(({ row, mailboxCount }) => ({ ...userView(row), mailbox_count: mailboxCount }));
      return listReply(list, total, page.isPaged, figures);
    },
  }),
  route({
    method: 'POST',
    path: '/api/users',
    access,
    summary: 'Makes an account',
    body: Type.Object({
      username: Username,
      password: Password,
      role: Type.Optional(Role),
      mailboxLimit: Type.Optional(Limit),
    }),
    responses: { 200: Type.Omit(UserView, ['mailbox_count']) },
    async handler({ body, principal, ip, userAgent }, { mailUsers }: TempMailScope) {
      const { username, password, role = 'user', mailboxLimit = 10 } = body;
      return userView(await mailUsers.create(principal, { username, password, role, mailboxLimit }, { ip, userAgent }));
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/users/{id}',
    access,
    summary: 'Changes an account',
    params: MessageId,
    body: Type.Object({
      username: Type.Optional(Username),
      password: Type.Optional(Password),
      mailboxLimit: Type.Optional(Limit),
      can_send: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: 1 }), Type.Boolean()])),
      role: Type.Optional(Role),
    }),
    responses: { 200: Success },
    async handler({ params, body, principal, ip, userAgent }, { mailUsers }: TempMailScope) {
      const { can_send, ...patch } = body;
      const change = { ...patch, ...(can_send !== undefined && { canSend: Boolean(can_send) }) };
      await mailUsers.change(principal, params.id, change, { ip, userAgent });
      return { success: true };
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/users/{id}',
    access,
    summary: 'Deletes an account; its mailboxes and their mail go with it',
    params: MessageId,
    responses: { 200: Success },
    async handler({ params, principal, ip, userAgent }, { mailUsers }: TempMailScope) {
      await mailUsers.remove(principal, params.id, { ip, userAgent });
      return { success: true };
    },
  }),
  route({
    method: 'GET',
    path: '/api/users/{id}/mailboxes',
    access,
    summary: 'Mailboxes of an account',
    params: MessageId,
    responses: { 200: Type.Array(UserMailboxView) },
    async handler({ params }, { mailUsers, mailboxSettings }: TempMailScope) {
      const user = await mailUsers.byId(params.id);
      return (await mailboxSettings.ofUser(user.id)).map(userMailboxView);
    },
  }),
  route({
    method: 'POST',
    path: '/api/users/assign',
    access,
    summary: 'Gives an account a mailbox, which is made when it is missing',
    body: Ownership,
    responses: { 200: Success },
    async handler({ body }, { mailUsers, mailboxSettings }: TempMailScope) {
      await mailboxSettings.assign(await mailUsers.byName(body.username), body.address);
      return { success: true };
    },
  }),
  route({
    method: 'POST',
    path: '/api/users/unassign',
    access,
    summary: 'Takes a mailbox away from an account',
    body: Ownership,
    responses: { 200: Success },
    async handler({ body }, { mailUsers, mailboxSettings }: TempMailScope) {
      await mailboxSettings.unassign(await mailUsers.byName(body.username), body.address);
      return { success: true };
    },
  }),
];

function userView(row: User) {
  return {
    id: row.id,
    username: row.username ?? row.email ?? row.phone ?? '',
    role: roleOfRow(row),
    mailbox_limit: row.mailbox_limit,
    can_send: row.can_send,
    created_at: wireTime(row.created_at),
  };
}
