/** Documents of knowledge, as they were sent. They are read by jobs (read-document.ts). Table: ai_replies_documents. */
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';
import { aiErrors } from '../errors.ts';
import { ERASE_KNOWLEDGE, READ_DOCUMENT } from './job-names.ts';
import { hasRoom, roomBeside } from './quota.ts';
import { nextRead } from './schedule.ts';
import type { BaseRow, DocumentRow } from './tables.ts';

export interface NewDocument {
  name: string;
  userId: number | null;
}

export interface Upload {
  bytes: Buffer;
  /** As it was sent; '' without. */
  mediaType: string;
}

export interface NewFile extends NewDocument, Upload {
  /** Where it comes from, when something keeps it in step with there. */
  from?: DocumentOrigin;
}

export interface DocumentOrigin {
  source: number;
  source_path: string;
  source_version: string;
}

export interface DocumentWish {
  name?: string;
  url?: string;
  schedule?: string | null;
}

export interface Documents {
  /** Throws `knowledge_is_full`, `documents_too_large`. */
  add(base: BaseRow, document: NewDocument, upload: Upload): Promise<DocumentRow>;
  /** All of them or none, in one transaction. Throws as `add` does. */
  addAll(base: BaseRow, files: readonly NewFile[]): Promise<DocumentRow[]>;
  /** Throws `bad_schedule`, `bad_address`, `knowledge_is_full`. */
  addPage(
    base: BaseRow,
    page: NewDocument & { url: string; schedule: string | null; from?: DocumentOrigin },
  ): Promise<DocumentRow>;
  /** Other bytes in its place; what it said before is found until they have been read. Throws `document_is_page`, `documents_too_large`. */
  replace(tenantId: string, uuid: string, upload: Upload, unchanged: Precondition): Promise<DocumentRow>;
  change(tenantId: string, uuid: string, wish: DocumentWish, unchanged: Precondition): Promise<DocumentRow>;
  /** Reads it again: a page from its address, any other from what was sent. */
  readAgain(tenantId: string, uuid: string): Promise<DocumentRow>;
  /** It is found no more, and soon nothing is left of it. */
  remove(tenantId: string, uuid: string): Promise<void>;
  /** Throws `document_not_found`. */
  find(tenantId: string, uuid: string): Promise<DocumentRow>;
}

export function createDocuments({
  db,
  blobs,
  clock,
  jobs,
  outbound,
  config,
}: Services & { config: AiRepliesConfig }): Documents {
  return {
    async add(base, document, upload) {
      const [added] = await addAll(base, [{ ...document, ...upload }]);
      if (!added) throw new Error('A document was not stored');
      return added;
    },
    addAll,
    async addPage(base, { name, userId, url, schedule, from }) {
      await checkAddress(url);
      await refuseFull(base.tenant_id);
      const next_read_at = schedule === null ? null : nextRead(schedule, clock.now());
      const page = { ...from, name, user_id: userId, media_type: '', size_bytes: 0, url, schedule, next_read_at };
      return db.transaction(async (trx) => {
        await refuseGone(trx, base, new Set(from ? [from.source] : []));
        const added = await insert(trx, base, page);
        await enqueueReading(trx, [added]);
        return added;
      });
    },
    async replace(tenantId, uuid, { bytes, mediaType }, unchanged) {
      await refuseFull(tenantId);
      const stored = await storedBytes(bytes);
      return db.transaction(async (trx) => {
        const before = await locked(trx, tenantId, uuid);
        unchanged(before);
        if (before.url !== null) throw aiErrors.document_is_page();
        await refuseTooLarge(trx, tenantId, before.id, bytes.length);
        const [blob = null] = await blobs.insert(trx, [stored]);
        const changed = await update(trx, before, {
          blob,
          size_bytes: bytes.length,
          media_type: mediaType,
          ...readAnew(before),
        });
        if (before.blob !== null) await blobs.remove(trx, [before.blob]);
        await enqueueReading(trx, [changed]);
        return changed;
      });
    },
    async change(tenantId, uuid, { name, url, schedule }, unchanged) {
      if (url !== undefined) await checkAddress(url);
      return db.transaction(async (trx) => {
        const before = await locked(trx, tenantId, uuid);
        unchanged(before);
        if (before.url === null && (url !== undefined || schedule)) throw aiErrors.document_is_no_page();
        const isElsewhere = url !== undefined && url !== before.url;
        const next_read_at = schedule ? nextRead(schedule, clock.now()) : null;
        const changed = await update(trx, before, {
          ...(name !== undefined && { name }),
          ...(isElsewhere && { url, etag: null, last_modified: null, ...readAnew(before) }),
          ...(schedule !== undefined && { schedule, next_read_at }),
        });
        if (isElsewhere) await enqueueReading(trx, [changed]);
        return changed;
      });
    },
    readAgain: (tenantId, uuid) =>
      db.transaction(async (trx) => {
        const before = await locked(trx, tenantId, uuid);
        // All of it, also when the server or the bytes say that nothing has changed: the base may cut it otherwise now.
        const anew = { etag: null, last_modified: null, content_hash: '', ...readAnew(before) };
        const changed = await update(trx, before, anew);
        await enqueueReading(trx, [changed]);
        return changed;
      }),
    remove: (tenantId, uuid) =>
      db.transaction(async (trx) => {
        const { id } = await locked(trx, tenantId, uuid);
        await trx('ai_replies_documents').where({ id }).update({ is_gone: 1, next_read_at: null });
        await jobs.enqueue(trx, ERASE_KNOWLEDGE, { document: id }, { lane: tenantId });
      }),
    async find(tenantId, uuid) {
      const row = await db.read('ai_replies_documents').where({ uuid, tenant_id: tenantId, is_gone: 0 }).first();
      if (!row) throw aiErrors.document_not_found();
      return row;
    },
  };

  async function addAll(base: BaseRow, files: readonly NewFile[]): Promise<DocumentRow[]> {
    await refuseFull(base.tenant_id);
    const stored = await Promise.all(files.map(({ bytes }) => storedBytes(bytes)));
    return db.transaction(async (trx) => {
      const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
      await refuseTooLarge(trx, base.tenant_id, null, size);
      const ids = await blobs.insert(trx, stored);
      const added: DocumentRow[] = [];
      await refuseGone(trx, base, new Set(files.flatMap(({ from }) => from?.source ?? [])));
      for (const [place, { name, userId, bytes, mediaType, from = {} }] of files.entries()) {
        const blob = ids[place] ?? null;
        const file = { name, user_id: userId, media_type: mediaType, size_bytes: bytes.length, blob };
        added.push(await insert(trx, base, { ...file, ...from }));
      }
      await enqueueReading(trx, added);
      return added;
    });
  }

  async function insert(
    trx: Transaction,
    base: BaseRow,
    row: Partial<DocumentRow> & Pick<DocumentRow, 'name' | 'media_type' | 'size_bytes'>,
  ): Promise<DocumentRow> {
    const now = clock.now();
    const [document] = await trx('ai_replies_documents')
      .insert({
        ...row,
        uuid: crypto.randomUUID(),
        tenant_id: base.tenant_id,
        base: base.id,
        state: 'waiting',
        created_at: now,
        updated_at: now,
      })
      .returning('*');
    if (!document) throw new Error('A document was not stored');
    return document;
  }

  /** A base or a source that is being removed gets nothing more. */
  async function refuseGone(trx: Transaction, base: BaseRow, sources: ReadonlySet<number>): Promise<void> {
    const alive = await trx('ai_replies_bases').where({ id: base.id, is_gone: 0 }).forUpdate().first('id');
    if (!alive) throw aiErrors.base_not_found();
    for (const id of sources) {
      const there = await trx('ai_replies_sources').where({ id }).forUpdate().first('id');
      if (!there) throw aiErrors.source_not_found();
    }
  }

  async function update(trx: Transaction, before: DocumentRow, patch: Partial<DocumentRow>): Promise<DocumentRow> {
    const stamped = { ...patch, updated_at: clock.now() };
    await trx('ai_replies_documents').where({ id: before.id }).update(stamped);
    return { ...before, ...stamped };
  }

  async function enqueueReading(trx: Transaction, documents: readonly DocumentRow[]): Promise<void> {
    await jobs.enqueueAll(
      trx,
      documents.map(({ id, wanted, tenant_id }) => ({
        name: READ_DOCUMENT,
        payload: { document: id, wanted },
        lane: tenant_id,
      })),
    );
  }

  async function storedBytes(bytes: Buffer) {
    const writer = blobs.writer();
    await writer.write(bytes);
    return writer.finish();
  }

  async function checkAddress(url: string): Promise<void> {
    try {
      await outbound.check(url);
    } catch (error) {
      throw aiErrors.bad_address({ cause: error });
    }
  }

  async function refuseTooLarge(trx: Transaction, tenantId: string, document: number | null, bytes: number) {
    const room = await roomBeside(trx, config, tenantId, document);
    if (hasRoom(room, bytes)) return;
    throw aiErrors.documents_too_large({ extra: { limit_bytes: room.limitBytes, used_bytes: room.usedBytes } });
  }

  async function refuseFull(tenantId: string): Promise<void> {
    const kept = await db
      .read('ai_replies_documents')
      .where({ tenant_id: tenantId })
      .sum({ total: 'chunks' })
      .count({ documents: '*' })
      .first();
    const { maxChunks } = config.knowledge;
    // A document is a passage at least, also before it was read.
    if (Math.max(Number(kept?.total ?? 0), Number(kept?.documents ?? 0)) >= maxChunks)
      throw aiErrors.knowledge_is_full({ extra: { limit: maxChunks } });
  }
}

/** The wish for another reading; the one under way is given up. */
export function readAnew({ wanted }: Pick<DocumentRow, 'wanted'>) {
  return { wanted: wanted + 1, state: 'waiting' as const, reason: '' };
}

async function locked(trx: Transaction, tenantId: string, uuid: string): Promise<DocumentRow> {
  const row = await trx('ai_replies_documents').where({ uuid, tenant_id: tenantId, is_gone: 0 }).forUpdate().first();
  if (!row) throw aiErrors.document_not_found();
  return row;
}
