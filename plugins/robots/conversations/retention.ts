/**
 * Messages and commands that a tenant keeps for so many days alone: the older ones are erased, in bounded steps, and whoever
 * holds copies of them is told. Tables: robots_messages, robots_commands, robots_conversations.
 */
import { DAY_MS } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { StoredRobotLogs } from '../logs/logs.ts';
import { ERASED_AT_ONCE, type MessageErasure } from './message-erasure.ts';
import type { InboxRulesByTenant } from './rules.ts';

export interface Retention {
  /** Erases what is too old, in so many steps at most; gives how many. What is left goes the next time. */
  sweep(steps: number): Promise<number>;
}

export function createRetention({
  db,
  clock,
  events,
  inboxRules,
  messageErasure,
  robotLogs,
}: Services &
  AuthServices & {
    inboxRules: InboxRulesByTenant;
    messageErasure: MessageErasure;
    robotLogs: StoredRobotLogs;
  }): Retention {
  return {
    async sweep(steps) {
      let gone = 0;
      let left = steps;
      for (let tenant = await tenantAfter(''); tenant !== null && left > 0; tenant = await tenantAfter(tenant)) {
        const { messageDays } = await inboxRules.of(tenant);
        if (messageDays === 0) continue;
        const before = clock.now() - messageDays * DAY_MS;
        await emitExpired(tenant, before);
        await robotLogs.deleteAi(tenant, { before });
        left -= await clearLastTexts(tenant, before, left);
        for (let some = ERASED_AT_ONCE; some === ERASED_AT_ONCE && left > 0; left--) {
          some = await messageErasure.eraseSome((rows) =>
            rows.where({ tenant_id: tenant }).where('created_at', '<', before).orderBy('created_at'),
          );
          gone += some;
        }
        for (let last = 0; left > 0; left--) {
          const some = await unspokenAfter(tenant, before, last);
          if (some.length === 0) break;
          gone += await db.write('robots_commands').whereIn('id', some).delete();
          last = some.at(-1) ?? last;
        }
      }
      return gone;
    },
  };

  /** Each night again, so that a plugin that was off the night before hears of it too. */
  async function emitExpired(tenantId: string, before: number): Promise<void> {
    const data = { before: new Date(before).toISOString() };
    await db.transaction((trx) => events.emit(trx, 'robot.messages.expired', data, { tenantId, subject: tenantId }));
  }

  /** The list of conversations shows what was said last; gives how many steps it took. */
  async function clearLastTexts(tenant_id: string, before: number, steps: number): Promise<number> {
    let taken = 0;
    for (let some = ERASED_AT_ONCE; some === ERASED_AT_ONCE && taken < steps; taken++) {
      const old = db
        .write('robots_conversations')
        .where({ tenant_id })
        .where('last_message_at', '<', before)
        .whereNot({ last_text: '' })
        .limit(ERASED_AT_ONCE)
        .select('id');
      some = await db.write('robots_conversations').whereIn('id', old).update({ last_text: '' });
    }
    return taken;
  }

  /** Commands that are over and stand in no conversation, which those that do have left with their messages. */
  async function unspokenAfter(tenant: string, before: number, last: number): Promise<number[]> {
    return db
      .read('robots_commands')
      .where('id', '>', last)
      .where({ tenant_id: tenant })
      .where('created_at', '<', before)
      .whereNotIn('status', ['pending', 'dispatched'])
      .whereNotExists((messages) =>
        messages
          .from('robots_messages')
          .whereRaw('robots_messages.command_id = robots_commands.command_id')
          .select(db.read.raw('1')),
      )
      .orderBy('id')
      .limit(ERASED_AT_ONCE)
      .pluck('id');
  }

  /** From one tenant with robots to the next, by the index. */
  async function tenantAfter(tenant: string): Promise<string | null> {
    const row = await db.read('robots_robots').where('tenant_id', '>', tenant).orderBy('tenant_id').first('tenant_id');
    return row?.tenant_id ?? null;
  }
}
