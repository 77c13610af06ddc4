/** What sessions hold about a person: where and when they were signed in. */
import type { Database } from '#core/plugin.ts';
import type { User } from '../contract.ts';

export async function sessionDataOf({ read }: Database, { id }: User): Promise<Record<string, unknown>> {
  const sessions = await read('auth_sessions')
    .where({ user_id: id })
    .select('id', 'method', 'ip', 'user_agent', 'created_at', 'last_used_at', 'revoked_at');
  return { sessions };
}
