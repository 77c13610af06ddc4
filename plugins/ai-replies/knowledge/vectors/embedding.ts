/** Gives chunks their vectors: document by document, again when the model is another one. Tables: ai_replies_vectors, …_documents. */
import { insertMany } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { AiRepliesConfig } from '../../config.ts';
import type { Embedded, Models } from '../../models/types.ts';
import type { AiRules } from '../../tenant-rules.ts';
import { EMBED_DOCUMENT } from '../job-names.ts';
import type { ChunkRow, DocumentRow } from '../tables.ts';
import { bytesOf, type Comparison } from './comparison.ts';

export interface Embedding {
  /** Vectors of all chunks of a document that have none of the model. Throws as `models.embed`. */
  embed(document: number, signal: AbortSignal): Promise<void>;
  /** Enqueues that for some documents whose chunks have none; gives how many. */
  enqueueMissing(): Promise<number>;
}

/** Texts that are asked for and stored at once. */
const STEP = 64;
const LONGEST_TEXT = 8_000;
const MOST_ENQUEUED = 500;

export function createEmbedding({
  db,
  jobs,
  models,
  operatorTenant,
  aiRules,
  comparison,
  config,
}: Services &
  Pick<AuthServices, 'operatorTenant'> & {
    aiRules: AiRules;
    models: Models;
    comparison: Comparison;
    config: AiRepliesConfig;
  }): Embedding {
  const { embedding } = config;

  return {
    async embed(id, signal) {
      const document = await db.read('ai_replies_documents').where({ id, is_gone: 0 }).first();
      if (!document || !embedding || document.reading === 0 || document.embedded_by === embedding.model) return;
      const { tenant_id, reading, base } = document;
      for (;;) {
        signal.throwIfAborted();
        const chunks = await without(document, embedding.model);
        if (chunks.length === 0) break;
        const texts = chunks.map(({ headings, text }) => textOf(headings, text));
        const embedded = await models.embed({ tenantId: tenant_id, purpose: 'embed' }, texts, signal);
        if (!embedded) return;
        await db.transaction((trx) => store(trx, chunks, embedded));
      }
      await db.write('ai_replies_documents').where({ id, reading }).update({ embedded_by: embedding.model });
      comparison.changed(base);
    },
    async enqueueMissing() {
      if (!embedding) return 0;
      const missing = () =>
        db
          .read('ai_replies_documents')
          .where({ state: 'ready', is_gone: 0 })
          .where((other) =>
            other.where('embedded_by', '<', embedding.model).orWhere('embedded_by', '>', embedding.model),
          );
      const tenants: string[] = [];
      for (const { tenant_id } of await missing().distinct('tenant_id'))
        if (await mayEmbed(tenant_id)) tenants.push(tenant_id);
      const documents = await missing().whereIn('tenant_id', tenants).limit(MOST_ENQUEUED).select('id', 'tenant_id');
      await db.transaction((trx) =>
        jobs.enqueueAll(
          trx,
          documents.map((document) => ({
            name: EMBED_DOCUMENT,
            payload: { document: document.id },
            ...embedOptions(document),
          })),
        ),
      );
      return documents.length;
    },
  };

  async function mayEmbed(tenantId: string): Promise<boolean> {
    const isOffered = embedding?.shared === true || (await operatorTenant.id()) === tenantId;
    return isOffered && (await aiRules.of(tenantId)).hasConsent;
  }

  async function without({ id, reading }: DocumentRow, model: string): Promise<ChunkRow[]> {
    return db
      .read('ai_replies_chunks')
      .leftJoin('ai_replies_vectors', (on) =>
        on.on('ai_replies_vectors.chunk', 'ai_replies_chunks.id').andOnVal('ai_replies_vectors.model', model),
      )
      .where({ document: id, reading })
      .whereNull('ai_replies_vectors.chunk')
      .orderBy('ai_replies_chunks.place')
      .limit(STEP)
      .select('ai_replies_chunks.*');
  }

  async function store(trx: Transaction, chunks: readonly ChunkRow[], embedded: Embedded): Promise<void> {
    const { model, dimensions, vectors } = embedded;
    const ids = chunks.map(({ id }) => id);
    // They may have been deleted meanwhile.
    const alive = new Set(
      (await trx('ai_replies_chunks').whereIn('id', ids).forUpdate().select('id')).map(({ id }) => id),
    );
    await trx('ai_replies_vectors').whereIn('chunk', ids).delete();
    const rows = chunks.flatMap(({ id, base }, place) => {
      const vector = vectors[place];
      return vector && alive.has(id) ? [[id, base, model, dimensions, cellOf(vector)]] : [];
    });
    if (rows.length > 0)
      await insertMany(trx, 'ai_replies_vectors', ['chunk', 'base', 'model', 'dimensions', 'vector'], rows, 'chunk');
  }

  function cellOf(vector: Float32Array): Buffer | string {
    return db.client === 'pg' ? `{${vector.join(',')}}` : bytesOf(vector);
  }
}

/** One job for each document, after the reading of others. */
export function embedOptions({ id, tenant_id }: Pick<DocumentRow, 'id' | 'tenant_id'>) {
  return { key: `ai-replies.embed/${id}`, lane: tenant_id };
}

function textOf(headings: string, text: string): string {
  const path: string[] = JSON.parse(headings);
  return [...path, text].join('\n').slice(0, LONGEST_TEXT);
}
