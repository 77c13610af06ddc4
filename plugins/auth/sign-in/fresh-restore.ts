/** Who may restore a backup into this installation: who has its set-up link, while there is nobody in it. */
import type { HookHandler } from '#core/plugin.ts';
import { authErrors } from '../errors.ts';
import type { SignInScope } from './services.ts';

export async function admitRestore(
  admission: Parameters<HookHandler<'installation.restoring'>>[0],
  next: () => Promise<void>,
  { links, registration }: SignInScope,
): Promise<void> {
  if (await registration.hasSuperadmin()) throw authErrors.already_set_up();
  await links.find('setup', admission.token);
  admission.isUnused = async (db) => !(await db('auth_users').first('id'));
  await next();
}
