/** /api/platform: invitations into a tenant, and the set-up of a new server. */
import Type from 'typebox';
import { listRoute, reply, route } from '#core/plugin.ts';
import type { AuthScope } from '../scope.ts';
import { INVITATION_STATES, invitationView, invitedIn } from '../services/invitation-states.ts';
import type { InvitationRow } from '../tables.ts';
import { linkPages } from './link-pages.ts';
import { setupPage } from './setup-page.ts';
import { accountOf, Email, Id, LinkToken, LoginAnswer, originOf, Password, SIGN_IN_LIMIT, Username } from './shared.ts';

const Role = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')]);
export const Invitation = Type.Object({
  id: Type.String(),
  email: Type.String(),
  role: Role,
  status: Type.String(),
  created_at: Type.String(),
  expires_at: Type.String(),
});
const access = { scope: 'settings:manage', roles: ['owner', 'admin'] };

export const joiningRoutes = [
  listRoute({
    path: '/api/platform/auth/invitations',
    access,
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
    async rows({ principal }, { db, people }: AuthScope) {
      const tenant = await people.tenantByUuid(accountOf(principal).tenantId);
      return { query: db.read('auth_invitations').where({ tenant_id: tenant?.id ?? 0 }) };
    },
    items: (rows: InvitationRow[], { clock }) => rows.map((row) => invitationView(row, clock.now())),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/invitations',
    access,
    summary: 'Invites somebody by mail',
    body: Type.Object({
      email: Email,
      role: Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')], { default: 'member' }),
    }),
    responses: { 201: Invitation },
    handler: async ({ body, principal }, { invitations }: AuthScope) =>
      reply(201, await invitations.invite(accountOf(principal), body.email, body.role)),
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/auth/invitations/{id}',
    access,
    summary: 'Takes an invitation back',
    params: Id,
    responses: { 204: null },
    handler: ({ params, principal }, { invitations }: AuthScope) => invitations.revoke(accountOf(principal), params.id),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/invitations/accept',
    operationId: 'acceptInvitation',
    access: 'public',
    summary: 'Makes the account that the invitation is for; answers like login',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({
      token: LinkToken,
      password: Password,
      full_name: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    responses: { 201: LoginAnswer },
    async handler({ body, ...request }, { invitations, sessions }: AuthScope) {
      const origin = originOf(request);
      const user = await invitations.accept(body, origin);
      return reply(201, await sessions.open(user, 'invitation', origin));
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/setup',
    operationId: 'setUp',
    access: 'public',
    summary: 'Makes the first super-admin with the token of the set-up link',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({
      token: LinkToken,
      email: Email,
      username: Type.Optional(Username),
      password: Password,
    }),
    responses: { 201: LoginAnswer },
    async handler({ body, ...request }, { registration, sessions }: AuthScope) {
      const origin = originOf(request);
      const user = await registration.setUp({ ...body, origin });
      return reply(201, await sessions.open(user, 'setup', origin));
    },
  }),
  setupPage,
  ...linkPages,
];
