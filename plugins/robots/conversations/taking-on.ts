/**
 * Who takes a conversation over, or answers it first, has it from then on, unless somebody has it already or the tenant does not
 * want that. A program with a person's key answers for others and takes nothing on. Table: robots_conversations.
 */

import type { Principal, Services, Transaction } from '#core/plugin.ts';
import { emitAssigned, knownConversation } from './conversation-events.ts';
import type { InboxRulesByTenant } from './rules.ts';
import type { ConversationRow } from './tables.ts';

export interface TakingOn {
  /** Whether the principal is to have what they answer there. To be asked before the transaction. */
  isFor(principal: Principal, tenantId: string): Promise<boolean>;
  /** It is the principal's when it was nobody's; the row is locked. */
  takeOn(trx: Transaction, row: ConversationRow, principal: Principal): Promise<void>;
}

export function createTakingOn({ clock, events, inboxRules }: Services & { inboxRules: InboxRulesByTenant }): TakingOn {
  return {
    async isFor({ kind, userId, tenantId: own }, tenantId) {
      if (kind !== 'user' || userId === null || own !== tenantId) return false;
      return (await inboxRules.of(tenantId)).assignsByAnswering;
    },
    async takeOn(trx, row, { userId, id: assignee }) {
      if (row.assignee !== null) return;
      await trx('robots_conversations').where({ id: row.id }).update({ assignee: userId, updated_at: clock.now() });
      const known = await knownConversation(trx, row.id);
      if (known) await emitAssigned(events, trx, known, { assignee, team: row.team });
    },
  };
}
