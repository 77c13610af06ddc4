/** /api/platform/auth/profile: one's own, with its version. */
import Type from 'typebox';
import { coreErrors, IF_MATCH, preconditionOf, route, versioned, versionOf } from '#core/plugin.ts';
import type { Account } from '../../access.ts';
import { accountOf, originOf, personOf } from '../../access.ts';
import type { AccountsScope } from '../services.ts';
import { editableProfile } from '../version-fields.ts';
import { ProfilePatch, ProfileView, profileView } from '../views.ts';

export const VersionedProfile = Type.Object({ ...ProfileView.properties, version: Type.String() });

export const profileRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/auth/profile',
    access: { scope: 'account:read' },
    summary: 'Your profile, with its version',
    responses: { 200: VersionedProfile },
    handler: ({ principal }, services: AccountsScope) => shown(accountOf(principal), services),
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/auth/profile',
    access: { scope: 'account:manage' },
    summary: 'Changes your profile; with If-Match only the version that you know',
    body: ProfilePatch,
    requestHeaders: IF_MATCH,
    responses: { 200: VersionedProfile },
    async handler({ body, principal, ctx, ...request }, services: AccountsScope) {
      // An address leads to a new password, so keys are kept from it as from passwords.
      const account = body.email === undefined ? accountOf(principal) : personOf(principal);
      await services.profiles.change(account, body, originOf(request), preconditionOf(ctx));
      return shown(account, services);
    },
  }),
];

async function shown(account: Account, { people }: AccountsScope) {
  const row = await people.userById(account.userId);
  if (!row) throw coreErrors.unauthenticated();
  const view = { ...profileView(row, account.tenantId), version: versionOf(editableProfile(row)) };
  return versioned(editableProfile(row), view);
}
