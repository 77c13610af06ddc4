/** Tells that a document was read, or a test set run: whoever looks at it sees it at once. */
import type { Services, Transaction } from '#core/plugin.ts';
import type { DocumentRow } from './tables.ts';

export interface KnowledgeAnnouncing {
  /** What is so of this document now; nothing while it still waits, or of one that is gone. */
  documentRead(document: number): Promise<void>;
  /** The same of one that has just been changed, in that transaction. */
  announceRead(trx: Transaction, document: DocumentRow): Promise<void>;
  /** What came of this run; nothing while it is under way. */
  testFinished(run: number): Promise<void>;
}

export function createKnowledgeAnnouncing({ db, events }: Services): KnowledgeAnnouncing {
  return {
    documentRead: (id) =>
      db.transaction(async (trx) => {
        const document = await trx('ai_replies_documents').where({ id, is_gone: 0 }).first();
        if (document) await announceRead(trx, document);
      }),
    announceRead,
    testFinished: (id) =>
      db.transaction(async (trx) => {
        const run = await trx('ai_replies_test_runs').where({ id }).first();
        const set = run && (await trx('ai_replies_test_sets').where({ id: run.test_set }).first());
        if (!run || !set || run.state === 'waiting') return;
        const data = { test_set_id: set.uuid, run_id: run.uuid, state: run.state, reason: run.reason };
        await events.emit(trx, 'ai.test.finished', data, { tenantId: set.tenant_id, subject: set.uuid });
      }),
  };

  async function announceRead(trx: Transaction, document: DocumentRow): Promise<void> {
    const { uuid, tenant_id, state, reason } = document;
    if (state === 'waiting') return;
    const base = await trx('ai_replies_bases').where({ id: document.base }).first('uuid');
    if (!base) return;
    const data = { document_id: uuid, base_id: base.uuid, state, reason };
    await events.emit(trx, 'ai.document.read', data, { tenantId: tenant_id, subject: uuid });
  }
}
