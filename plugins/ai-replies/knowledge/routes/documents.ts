/** Documents of knowledge: sent as files, as text, or read from an address. */

import Type from 'typebox';
import { readBytes, sanitizeText } from '#core/kit.ts';
import { IF_MATCH, listRoute, type Principal, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../../access.ts';
import { aiErrors } from '../../errors.ts';
import { firstLineOf } from '../bulk/first-line.ts';
import { nameOfPage } from '../page-address.ts';
import { charsetOf } from '../reading/text.ts';
import type { KnowledgeScope } from '../services.ts';
import type { ChunkRow, DocumentRow } from '../tables.ts';
import { ChunkView, chunkView, DocumentView, documentView, Id } from './views.ts';

const PATH = '/api/platform/ai/documents';
const TAG = 'knowledge';
const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]*$' });
const Url = Type.String({ pattern: '^https?://[^\\u0000]*$', maxLength: 2_000 });
const Schedule = Type.Union([Type.String({ minLength: 9, maxLength: 100 }), Type.Null()], {
  description: 'When a page is read again: five fields, UTC, once an hour at most (`0 3 * * *`); null for never',
});
const MAX_TEXT_BYTES = 4 * 1024 * 1024;
/** What is sent under another type is read all the same: its bytes say what it is. */
const FILES = [
  'application/octet-stream',
  'application/pdf',
  'text/plain',
  'text/markdown',
  'text/html',
  'text/csv',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
];

interface ShownDocument extends DocumentRow {
  base_uuid: string;
}

export const documentRoutes = [
  listRoute({
    path: PATH,
    tag: TAG,
    access: AI_READ,
    summary: 'Documents, newest first',
    item: DocumentView,
    key: 'ai_replies_documents.id',
    columns: {
      base_id: { type: 'text', column: 'ai_replies_bases.uuid', filter: 'equals' },
      state: {
        type: 'text',
        column: 'ai_replies_documents.state',
        filter: 'equals',
        values: ['waiting', 'ready', 'failed'],
      },
    },
    rows: ({ principal }, { db }: KnowledgeScope) =>
      db
        .read('ai_replies_documents')
        .join('ai_replies_bases', 'ai_replies_bases.id', 'ai_replies_documents.base')
        .where('ai_replies_documents.tenant_id', principal.tenantId)
        .where('ai_replies_documents.is_gone', 0)
        .where('ai_replies_bases.is_gone', 0)
        .select('ai_replies_documents.*', { base_uuid: 'ai_replies_bases.uuid' }),
    items: (rows: ShownDocument[], _services, { principal }) =>
      rows.map((row) => documentView(withoutBase(row), row.base_uuid, principal)),
  }),
  route({
    method: 'POST',
    path: PATH,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'A text or a page of the web as a new document; files are sent to `…/bases/{id}/files`',
    bodyLimit: MAX_TEXT_BYTES,
    body: Type.Object({
      base_id: Type.String({ minLength: 1, maxLength: 40 }),
      name: Type.Optional(Name),
      text: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_TEXT_BYTES, description: 'Markdown, or plain' })),
      url: Type.Optional(Url),
      schedule: Type.Optional(Schedule),
    }),
    responses: { 201: DocumentView },
    async handler({ body, principal }, { bases, documents }: KnowledgeScope) {
      const { name, text, url, schedule = null } = body;
      if ((text === undefined) === (url === undefined)) throw aiErrors.text_or_url();
      if (text !== undefined && schedule !== null) throw aiErrors.document_is_no_page();
      const base = await bases.find(principal.tenantId, body.base_id);
      const { userId } = principal;
      const row =
        text === undefined
          ? await documents.addPage(base, { name: name ?? nameOfPage(url ?? ''), userId, url: url ?? '', schedule })
          : await documents.add(
              base,
              { name: name ?? firstLineOf(text), userId },
              { bytes: Buffer.from(sanitizeText(text, text.length), 'utf8'), mediaType: 'text/markdown' },
            );
      return versioned(row, documentView(row, base.uuid, principal), 201);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/ai/bases/{id}/files',
    operationId: 'uploadDocument',
    tag: TAG,
    access: AI_MANAGE,
    summary: 'A file as a new document: its bytes are the body',
    params: Id,
    query: Type.Object({ name: Name }),
    rawBody: FILES,
    responses: { 201: DocumentView },
    async handler({ params, query, principal, ctx }, { aiConfig, bases, documents }: KnowledgeScope) {
      const base = await bases.find(principal.tenantId, params.id);
      const bytes = await readBytes(ctx.req, aiConfig.knowledge.maxFileMb * 1024 * 1024);
      const document = { name: query.name, userId: principal.userId };
      const row = await documents.add(base, document, { bytes, mediaType: sentAs(ctx.get('content-type')) });
      return versioned(row, documentView(row, base.uuid, principal), 201);
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/{id}`,
    tag: TAG,
    access: AI_READ,
    summary: 'A document, and whether it was read',
    params: Id,
    responses: { 200: DocumentView },
    async handler({ params, principal }, services: KnowledgeScope) {
      const row = await services.documents.find(principal.tenantId, params.id);
      return shown(row, services, principal);
    },
  }),
  route({
    method: 'PATCH',
    path: `${PATH}/{id}`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Changes the name of a document, or the address and schedule of a page',
    params: Id,
    body: Type.Object({ name: Type.Optional(Name), url: Type.Optional(Url), schedule: Type.Optional(Schedule) }),
    requestHeaders: IF_MATCH,
    responses: { 200: DocumentView },
    async handler({ params, body, principal, ctx }, services: KnowledgeScope) {
      const unchanged = preconditionOf(ctx);
      const changed = await services.documents.change(principal.tenantId, params.id, body, unchanged);
      return shown(changed, services, principal);
    },
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/{id}`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Removes a document, with its file',
    params: Id,
    responses: { 204: null },
    async handler({ params, principal }, { documents }: KnowledgeScope) {
      await documents.remove(principal.tenantId, params.id);
      return reply(204);
    },
  }),
  route({
    method: 'PUT',
    path: `${PATH}/{id}/file`,
    operationId: 'replaceDocument',
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Another file in its place; until it was read, the one before is found',
    params: Id,
    rawBody: FILES,
    requestHeaders: IF_MATCH,
    responses: { 200: DocumentView },
    async handler({ params, principal, ctx }, services: KnowledgeScope) {
      const { documents, aiConfig } = services;
      await documents.find(principal.tenantId, params.id);
      const bytes = await readBytes(ctx.req, aiConfig.knowledge.maxFileMb * 1024 * 1024);
      const upload = { bytes, mediaType: sentAs(ctx.get('content-type')) };
      const replaced = await documents.replace(principal.tenantId, params.id, upload, preconditionOf(ctx));
      return shown(replaced, services, principal);
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/{id}/file`,
    operationId: 'downloadDocument',
    tag: TAG,
    access: AI_READ,
    summary: 'The file as it was sent; of a page, as it was read last',
    params: Id,
    responses: { 200: null },
    produces: ['application/octet-stream'],
    async handler({ params, principal }, { blobs, documents }: KnowledgeScope) {
      const { blob, name } = await documents.find(principal.tenantId, params.id);
      if (blob === null) throw aiErrors.document_has_no_file();
      const { sizeBytes, stream } = await blobs.stream(blob);
      return reply(200, stream, {
        'content-type': 'application/octet-stream',
        'content-length': String(sizeBytes),
        // RFC 6266 §4.3, RFC 8187. Whatever it is, it is for keeping and not for showing.
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, escaped)}`,
      });
    },
  }),
  route({
    method: 'POST',
    path: `${PATH}/{id}/read`,
    operationId: 'readDocumentAgain',
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Reads it again: a page from its address, any other from its file',
    params: Id,
    responses: { 200: DocumentView },
    async handler({ params, principal }, services: KnowledgeScope) {
      return shown(await services.documents.readAgain(principal.tenantId, params.id), services, principal);
    },
  }),
  listRoute({
    path: `${PATH}/{id}/chunks`,
    tag: TAG,
    access: AI_READ,
    summary: 'What it was cut into, in its order',
    params: Id,
    item: ChunkView,
    key: 'place',
    sort: 'place',
    columns: { place: { type: 'integer', sort: true } },
    async rows({ params, principal }, { db, documents }: KnowledgeScope) {
      const { id, reading, uuid } = await documents.find(principal.tenantId, params.id);
      const query = db.read('ai_replies_chunks').where({ document: id, reading });
      return { query: query.select('*', db.read.raw('? as uuid', [uuid])) };
    },
    items: (rows: (ChunkRow & { uuid: string })[]) => rows.map((row) => chunkView(row, row.uuid)),
  }),
];

async function shown(row: DocumentRow, { db }: KnowledgeScope, principal: Principal) {
  const base = await db.read('ai_replies_bases').where({ id: row.base }).first('uuid');
  return versioned(row, documentView(row, base?.uuid ?? '', principal));
}

/** The version of a document is that of its row alone. */
function withoutBase({ base_uuid: _base, ...row }: ShownDocument): DocumentRow {
  return row;
}

function sentAs(contentType: string): string {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const charset = charsetOf(contentType);
  if (type === 'application/octet-stream') return '';
  return charset === null ? type : `${type}; charset=${charset}`.slice(0, 100);
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
