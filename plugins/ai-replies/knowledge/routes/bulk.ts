/** Many documents at once: in, from a ZIP, CSV or lines of JSON; out as the latter two. */
import Type from 'typebox';
import { OperationView, passBytes } from '#core/kit.ts';
import { reply, route } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../../access.ts';
import type { KnowledgeScope } from '../services.ts';
import { Id } from './views.ts';

const TAG = 'knowledge';
const SENT = ['application/zip', 'text/csv', 'application/x-ndjson', 'application/jsonl', 'application/octet-stream'];
const TYPES = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson' };

export const bulkRoutes = [
  route({
    method: 'POST',
    path: '/api/platform/ai/bases/{id}/import',
    operationId: 'importDocuments',
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Many documents at once, from a ZIP of files, CSV or lines of JSON',
    description:
      'Columns, or names of values: `name`, and `text` or `url` (with `schedule`). A name that already exists ' +
      'replaces it, or is left when it is the same. The answer is an operation: its `result` says how many were `added`, ' +
      '`replaced`, `unchanged` and `failed`, and of the first that failed why, with line and name.',
    params: Id,
    rawBody: SENT,
    responses: { 202: OperationView },
    async handler({ params, principal, ctx }, { aiConfig, bases, bulkImport }: KnowledgeScope) {
      const base = await bases.find(principal.tenantId, params.id);
      const limit = aiConfig.knowledge.maxImportMb * 1024 * 1024;
      return reply(202, await bulkImport.start(principal, base, (write) => passBytes(ctx.req, limit, write)));
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/ai/documents/export',
    operationId: 'exportDocuments',
    tag: TAG,
    access: AI_READ,
    summary: 'All documents, or those of a base, as CSV or lines of JSON, which an import reads again',
    query: Type.Object({
      base_id: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
      format: Type.Optional(Type.Enum(['csv', 'jsonl'], { default: 'csv' })),
    }),
    responses: { 200: null },
    produces: ['text/csv', 'application/x-ndjson'],
    async handler({ query: { base_id, format = 'csv' }, principal }, { bases, bulkExport }: KnowledgeScope) {
      const base = base_id === undefined ? null : await bases.find(principal.tenantId, base_id);
      return reply(200, bulkExport.write(principal, base, format), {
        'content-type': TYPES[format],
        'content-disposition': `attachment; filename="documents.${format}"`,
      });
    },
  }),
];
