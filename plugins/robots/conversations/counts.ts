/** How much waits in the inbox, counted to a bound. Table: robots_conversations. */
import type { Knex } from 'knex';
import Type, { type Static } from 'typebox';
import type { Principal, Services } from '#core/plugin.ts';
import { whereVisible } from './visibility.ts';

const MOST = 1_000;
const Count = Type.Integer({ description: `At most ${MOST}: more are not counted` });

export const InboxCounts = Type.Object({
  open: Count,
  pending: Count,
  snoozed: Count,
  unread: Type.Integer({ description: `Conversations with messages that nobody has read; at most ${MOST}` }),
  mine: Type.Integer({ description: `Those of the caller that are not closed; at most ${MOST}` }),
});
export type InboxCounts = Static<typeof InboxCounts>;

export interface InboxCounter {
  of(principal: Principal): Promise<InboxCounts>;
}

export function createInboxCounter({ db }: Services): InboxCounter {
  return {
    async of(principal) {
      const own = (narrow: (rows: Knex.QueryBuilder) => void) => counted(principal, narrow);
      const [open, pending, snoozed, unread, mine] = await Promise.all([
        own((rows) => rows.where('state', 'open')),
        own((rows) => rows.where('state', 'pending')),
        own((rows) => rows.where('state', 'snoozed')),
        own((rows) => rows.whereRaw('unread > 0')),
        own((rows) => rows.where('assignee', principal.userId ?? -1).whereNot('state', 'closed')),
      ]);
      return { open, pending, snoozed, unread, mine };
    },
  };

  async function counted(principal: Principal, narrow: (rows: Knex.QueryBuilder) => void): Promise<number> {
    const some = whereVisible(db.read('robots_conversations'), db.read, principal)
      .select(db.read.raw('1 as one'))
      .limit(MOST);
    narrow(some);
    const [row] = await db.read.from(some.as('some')).count({ value: '*' });
    return Number(row?.value ?? 0);
  }
}
