/** Who somebody is, for the page that they have open: person, tenant, roles, scopes, session, and what the server has on. */
import Type, { type Static } from 'typebox';
import { isoSeconds, isSuperadmin } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { People } from '../accounts/people.ts';
import { ProfileView, profileView } from '../accounts/views.ts';
import type { SecondFactor } from '../factors/second-factor.ts';
import type { PageSessions } from '../sessions/page-sessions.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const meView = Type.Object({
  kind: Type.String({ description: '`user`, `apiKey` or `root`' }),
  user: OrNull(ProfileView),
  tenant: OrNull(Type.Object({ id: Type.String(), name: Type.String() })),
  roles: Type.Array(Type.String()),
  scopes: OrNull(Type.Array(Type.String(), { description: 'Of a key; null is everything that the roles allow' })),
  is_superadmin: Type.Boolean(),
  has_second_factor: Type.Boolean(),
  session: OrNull(
    Type.Object({
      id: Type.String(),
      method: Type.String(),
      created_at: Type.String(),
      expires_at: Type.String({ description: 'When it ends unless it is used' }),
      ends_at: OrNull(Type.String({ description: 'When it ends in any case' })),
    }),
  ),
  csrf_token: OrNull(Type.String({ description: 'For X-CSRF-Token, of a page; null for tokens and keys' })),
  plugins: Type.Array(Type.Object({ name: Type.String(), version: Type.String(), summary: Type.String() })),
});
export type MeView = Static<typeof meView>;

export interface Me {
  of(principal: Principal): Promise<MeView>;
}

export function createMe({
  people,
  secondFactor,
  pageSessions,
  catalogue,
}: Services & { people: People; secondFactor: SecondFactor; pageSessions: PageSessions }): Me {
  return {
    async of(principal) {
      const user = principal.userId ? await people.userById(principal.userId) : null;
      const tenant = user && (await people.tenantById(user.tenant_id));
      return {
        kind: principal.kind,
        user: user && profileView(user, tenant?.uuid ?? ''),
        tenant: tenant && { id: tenant.uuid, name: tenant.name },
        roles: [...principal.roles],
        scopes: principal.scopes && [...principal.scopes],
        is_superadmin: isSuperadmin(principal),
        has_second_factor: user !== null && (await secondFactor.isOn(user.id)),
        session: await sessionOf(principal),
        csrf_token: pageSessions.csrfTokenOf(principal),
        plugins: catalogue.plugins.map(({ name, version, summary }) => ({ name, version, summary })),
      };
    },
  };

  async function sessionOf({ kind, credentialId }: Principal): Promise<MeView['session']> {
    const session = kind === 'user' && credentialId ? await people.sessionById(credentialId) : null;
    if (!session) return null;
    const { id, method, created_at, expires_at, ends_at } = session;
    return {
      id,
      method,
      created_at: isoSeconds(created_at),
      expires_at: isoSeconds(expires_at),
      ends_at: ends_at === null ? null : isoSeconds(ends_at),
    };
  }
}
