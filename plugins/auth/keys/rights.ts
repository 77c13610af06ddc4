/** What somebody may do, as the declarations of routes and functions say it: asked of them one by one, never written down. */
import Type, { type Static } from 'typebox';
import { AreaView, checkAccess, describeAccess, isAppError, isSuperadmin, menuFor, NavigationView } from '#core/kit.ts';
import { coreErrors, type Principal, type Services } from '#core/plugin.ts';
import type { Account } from '../access.ts';
import type { Admission } from '../accounts/admission.ts';
import type { People } from '../accounts/people.ts';
import type { ApiKeys } from './api-keys.ts';
import { mayGrant } from './scopes.ts';

const verdictFields = {
  allowed: Type.Boolean(),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'Why not, in a sentence' }),
};
export const RightsView = Type.Object({
  kind: Type.String(),
  id: Type.String(),
  tenant_id: Type.Union([Type.String(), Type.Null()]),
  roles: Type.Array(Type.String()),
  scopes: Type.Union([Type.Array(Type.String()), Type.Null()]),
  is_superadmin: Type.Boolean(),
  grantable_scopes: Type.Array(Type.String(), { description: 'Scopes that they may put on a key' }),
  routes: Type.Array(
    Type.Object({
      method: Type.String(),
      path: Type.String(),
      summary: Type.String(),
      plugin: Type.String(),
      access: Type.String(),
      ...verdictFields,
    }),
  ),
  functions: Type.Array(
    Type.Object({ name: Type.String(), summary: Type.String(), scope: Type.String(), ...verdictFields }),
  ),
  navigation: Type.Array(Type.Object({ ...NavigationView.properties, plugin: Type.String() }), {
    description: 'What the web UI has in its menu for them',
  }),
  areas: Type.Array(AreaView, { description: 'Of the menu: those in which they may use something' }),
});
export const ScopeView = Type.Object({ scope: Type.String(), summary: Type.String() });
export type RightsView = Static<typeof RightsView>;

export interface Rights {
  of(principal: Principal): RightsView;
  /** Of somebody in the tenant; super-admins ask about everybody. Who is suspended may do nothing. Throws `not_found`. */
  ofUser(asker: Principal, uuid: string): Promise<RightsView>;
  /** Of a key that the asker sees. One that is revoked or expired may do nothing. Throws `not_found`. */
  ofKey(asker: Account, uuid: string): Promise<RightsView>;
  /** Scopes that the maker may put on a key of their own, or of somebody whom they see. Throws `not_found`. */
  grantable(maker: Principal, uuid?: string): Promise<Static<typeof ScopeView>[]>;
}

/** Somebody who has no rights at all. */
const NOBODY: Pick<Principal, 'userId' | 'roles' | 'scopes'> = { userId: null, roles: [], scopes: [] };

export function createRights(services: Services & { people: People; admission: Admission; apiKeys: ApiKeys }): Rights {
  const { catalogue, functions, people, admission, apiKeys } = services;

  return {
    of: (principal) => view(principal, principal),
    async ofUser(asker, uuid) {
      const { who, principal } = await personSeen(asker, uuid);
      return view(who, principal);
    },
    async ofKey(asker, uuid) {
      const who: Principal = { ...NOBODY, kind: 'apiKey', id: uuid, tenantId: asker.tenantId };
      return view(who, await apiKeys.seen(asker, uuid));
    },
    async grantable(maker, uuid) {
      const owner = uuid === undefined ? maker : (await personSeen(maker, uuid)).principal;
      return Object.entries(catalogue.scopes).flatMap(([scope, summary]) =>
        owner && mayGrant(maker, scope) && mayGrant(owner, scope) ? [{ scope, summary }] : [],
      );
    },
  };

  /** The principal is null while they may not sign in. */
  async function personSeen(asker: Principal, uuid: string): Promise<{ who: Principal; principal: Principal | null }> {
    const user = await people.userByUuid(uuid);
    const tenant = user && (await people.tenantById(user.tenant_id));
    if (!user || !tenant || (tenant.uuid !== asker.tenantId && !isSuperadmin(asker)))
      throw coreErrors.not_found({ message: 'There is no user with this id' });
    const who: Principal = { ...NOBODY, kind: 'user', id: uuid, tenantId: tenant.uuid };
    return { who, principal: await admission.principalOf(user.id) };
  }

  function view(who: Principal, principal: Principal | null): RightsView {
    const { kind, id, tenantId, roles, scopes } = principal ?? who;
    return {
      kind,
      id,
      tenant_id: tenantId,
      roles: [...roles],
      scopes: scopes && [...scopes],
      is_superadmin: isSuperadmin(principal),
      grantable_scopes: Object.keys(catalogue.scopes).filter((scope) => principal && mayGrant(principal, scope)),
      routes: catalogue.routes.map(({ method, path, summary, plugin, access }) => ({
        method,
        path,
        summary,
        plugin,
        access: describeAccess(access),
        ...verdict(() => checkAccess(access, principal)),
      })),
      functions: functions.list().map(({ name, summary, access }) => ({
        name,
        summary,
        scope: access.scope,
        ...verdict(() => {
          checkAccess(access, principal);
          if (principal) functions.checkCall(name, principal);
        }),
      })),
      ...menuFor(principal, catalogue.menu),
    };
  }
}

function verdict(check: () => void): { allowed: boolean; reason: string | null } {
  try {
    check();
    return { allowed: true, reason: null };
  } catch (error) {
    if (isAppError(error)) return { allowed: false, reason: error.message };
    throw error;
  }
}
