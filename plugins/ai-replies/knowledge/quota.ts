/** How many bytes the documents of a tenant may have together. */
import type { Transaction } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';

export interface Room {
  usedBytes: number;
  limitBytes: number;
}

/**
 * What all documents of the tenant but one use, until the end of the transaction: whoever asks for another one of the tenant
 * waits for it. What was deleted counts until it was erased.
 */
export async function roomBeside(
  trx: Transaction,
  { knowledge }: Pick<AiRepliesConfig, 'knowledge'>,
  tenantId: string,
  document: number | null,
): Promise<Room> {
  await trx('ai_replies_bases').where({ tenant_id: tenantId }).orderBy('id').forUpdate().select('id');
  const others = trx('ai_replies_documents').where({ tenant_id: tenantId });
  const sum = await (document === null ? others : others.whereNot({ id: document }))
    .sum<{ total: number | string | null }>({ total: 'size_bytes' })
    .first();
  return { usedBytes: Number(sum?.total ?? 0), limitBytes: knowledge.maxTotalMb * 1024 * 1024 };
}

export function hasRoom({ usedBytes, limitBytes }: Room, bytes: number): boolean {
  return usedBytes + bytes <= limitBytes;
}
