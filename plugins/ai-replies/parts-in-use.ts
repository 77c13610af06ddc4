/**
 * Which parts of AI replies a tenant has anything of: what it has none of is not looked for with every answer. Whoever deletes
 * need not tell: then something is looked for that is not there.
 */
import { createRemembered } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';

export interface PartsInUse {
  of(tenantId: string): Promise<{ bases: boolean; approvedAnswers: boolean; tools: boolean; calls: boolean }>;
  /** To be called when something of one is made. */
  made(trx: Transaction, tenantId: string): Promise<void>;
}

export function createPartsInUse({ db, notices }: Services): PartsInUse {
  const remembered = createRemembered({
    notices,
    topic: 'ai-replies.partsInUse',
    async load(tenant_id) {
      const [base, answer, grant, call] = await Promise.all([
        db.read('ai_replies_bases').where({ tenant_id }).first('id'),
        db.read('ai_replies_answers').where({ tenant_id, state: 'approved' }).first('id'),
        db.read('ai_replies_tool_grants').where({ tenant_id }).first('tool'),
        db.read('ai_replies_tool_calls').where({ tenant_id }).first('id'),
      ]);
      return {
        bases: base !== undefined,
        approvedAnswers: answer !== undefined,
        tools: grant !== undefined,
        // That people decide on.
        calls: call !== undefined,
      };
    },
  });
  return { of: remembered.of, made: remembered.changed };
}
