/** Erases what was deleted, in steps between which others write: chunks with words and vectors, files, documents, bases. */
import { deleteInSteps, inSteps } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { ChunkStore } from './chunk-store.ts';
import type { WordIndex } from './word-index.ts';

export interface KnowledgeErasure {
  eraseDocument(id: number): Promise<void>;
  eraseBase(id: number): Promise<void>;
  eraseTenant(tenantId: string): Promise<void>;
}

/** No reading has this number. */
const NONE = -1;

export function createKnowledgeErasure({
  db,
  blobs,
  chunkStore,
  wordIndex,
}: Services & { chunkStore: ChunkStore; wordIndex: WordIndex }): KnowledgeErasure {
  return {
    async eraseDocument(id) {
      await erase(id);
      await wordIndex.deleteUnused('chunk');
    },
    async eraseBase(id) {
      await eraseDocuments(id);
      await wordIndex.deleteUnused('chunk');
    },
    async eraseTenant(tenant_id) {
      await db.write('ai_replies_bases').where({ tenant_id }).update({ is_gone: 1 });
      for (const { id } of await db.read('ai_replies_bases').where({ tenant_id }).select('id'))
        await eraseDocuments(id);
      await deleteInSteps(db, 'ai_replies_answers', 'id', (rows) => rows.where({ tenant_id }));
      for (const kind of ['chunk', 'answer'] as const) await wordIndex.deleteUnused(kind);
    },
  };

  async function eraseDocuments(base: number): Promise<void> {
    await inSteps(async (limit) => {
      const some = await db.write('ai_replies_documents').where({ base }).limit(limit).select('id');
      for (const { id } of some) await erase(id);
      return some.length;
    });
    await db.write('ai_replies_bases').where({ id: base }).delete();
  }

  async function erase(id: number): Promise<void> {
    await db.write('ai_replies_documents').where({ id }).update({ is_gone: 1 });
    await chunkStore.erase(id, NONE);
    await db.transaction(async (trx) => {
      const document = await trx('ai_replies_documents').where({ id }).forUpdate().first('blob');
      await trx('ai_replies_documents').where({ id }).delete();
      if (document?.blob) await blobs.remove(trx, [document.blob]);
    });
  }
}
