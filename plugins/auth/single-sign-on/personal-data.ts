/** What single sign-on holds about a person: who they are at other providers. */
import type { Database } from '#core/plugin.ts';
import type { User } from '../contract.ts';

export async function identityDataOf({ read }: Database, { id }: User): Promise<Record<string, unknown>> {
  const identities = await read('auth_oidc_identities')
    .where({ user_id: id })
    .select('provider', 'subject', 'created_at');
  return { providers: identities };
}
