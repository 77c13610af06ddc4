/** What the audit log holds about a person: what they have done. */
import type { Database } from '#core/plugin.ts';
import type { User } from '../contract.ts';

export async function auditDataOf({ read }: Database, user: User): Promise<Record<string, unknown>> {
  const entries = await read('auth_audit_entries')
    .where({ actor_id: user.uuid })
    .orderBy('id', 'desc')
    .limit(10_000)
    .select('at', 'action', 'target_type', 'target_id', 'ip', 'user_agent');
  return { audit_log: entries };
}
