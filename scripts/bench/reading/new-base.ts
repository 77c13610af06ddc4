/** A knowledge base of the operator's tenant, for a measurement. */
import { randomUUID } from 'node:crypto';
import { DEFAULTS } from '#plugins/ai-replies/knowledge/bases.ts';
import type { BaseRow } from '#plugins/ai-replies/knowledge/tables.ts';
import type { Insides } from '#test/support/insides.ts';

export async function newBase({ db, operatorTenant, partsInUse }: Insides, name: string): Promise<BaseRow> {
  const tenantId = (await operatorTenant.id()) ?? '';
  const times = { created_at: Date.now(), updated_at: Date.now() };
  return db.transaction(async (trx) => {
    const [base] = await trx('ai_replies_bases')
      .insert({ ...DEFAULTS, floor: 0, uuid: randomUUID(), tenant_id: tenantId, name, ...times })
      .returning('*');
    if (!base) throw new Error('The base was not stored');
    await partsInUse.made(trx, tenantId);
    return base;
  });
}
