/** /api/platform/auth/invitations: invitations into a tenant. */
import Type from 'typebox';
import { listRoute, reply, route } from '#core/plugin.ts';
import { accountOf, Email, Id, RoleName, SETTINGS_MANAGERS } from '../../access.ts';
import { INVITATION_STATES, Invitation, invitationView, invitedIn } from '../invitation-states.ts';
import type { AccountsScope } from '../services.ts';
import type { InvitationRow } from '../tables.ts';

const ShownInvitation = Type.Object({
  ...Invitation.properties,
  link: Type.String({
    description:
      'To hand over yourself. It is shown only now; the person who accepts with it still has to confirm the address',
  }),
});

export const invitationRoutes = [
  listRoute({
    path: '/api/platform/auth/invitations',
    access: SETTINGS_MANAGERS,
    summary: 'Invitations into your tenant, newest first',
    item: Invitation,
    columns: {
      email: {
        type: 'text',
        filter: 'prefix',
        orders: true,
        description: 'The beginning of the address, in lower case',
      },
      role: { type: 'text', filter: 'equals', values: ['owner', 'admin', 'member'] },
      status: {
        type: 'text',
        filter: 'equals',
        values: INVITATION_STATES,
        narrow: (rows, wanted, { clock }) => invitedIn(rows, wanted, clock.now()),
      },
      created_at: { type: 'time', filter: 'range', sort: true },
    },
    async rows({ principal }, { db, people }: AccountsScope) {
      const tenant = await people.tenantByUuid(accountOf(principal).tenantId);
      return { query: db.read('auth_invitations').where({ tenant_id: tenant?.id ?? 0 }) };
    },
    items: (rows: InvitationRow[], { clock }) => rows.map((row) => invitationView(row, clock.now())),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/invitations',
    access: SETTINGS_MANAGERS,
    summary: 'Invites someone by mail',
    body: Type.Object({
      email: Email,
      role: Type.Union(RoleName.anyOf, { default: 'member' }),
    }),
    responses: { 201: ShownInvitation },
    handler: async ({ body, principal }, { invitations }: AccountsScope) =>
      reply(201, await invitations.invite(accountOf(principal), body.email, body.role)),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/invitations/{id}/link',
    operationId: 'makeInvitationLink',
    access: SETTINGS_MANAGERS,
    summary: 'A new link to give by hand, good for a week: an earlier one of this kind ends, the mailed one stays',
    params: Id,
    responses: { 200: ShownInvitation },
    handler: ({ params, principal }, { invitations }: AccountsScope) =>
      invitations.linkOf(accountOf(principal), params.id),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/invitations/{id}/send',
    operationId: 'sendInvitationAgain',
    access: SETTINGS_MANAGERS,
    summary: 'Mails the invitation again, with a new link that is valid for a week; the earlier link stops working',
    params: Id,
    responses: { 200: Invitation },
    handler: ({ params, principal }, { invitations }: AccountsScope) =>
      invitations.sendAgain(accountOf(principal), params.id),
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/auth/invitations/{id}',
    access: SETTINGS_MANAGERS,
    summary: 'Takes an invitation back',
    params: Id,
    responses: { 204: null },
    handler: ({ params, principal }, { invitations }: AccountsScope) =>
      invitations.revoke(accountOf(principal), params.id),
  }),
];
