/** Sources of a base: a site by its site map, a repository, a folder over WebDAV. */
import Type, { type Static } from 'typebox';
import { hasScope, isoSeconds } from '#core/kit.ts';
import { IF_MATCH, listRoute, preconditionOf, reply, route, versioned, versionOf } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../../access.ts';
import { shownPage } from '../page-address.ts';
import type { KnowledgeScope } from '../services.ts';
import type { SourceRow } from '../tables.ts';
import { Id } from './views.ts';

const PATH = '/api/platform/ai/sources';
const OF_BASE = '/api/platform/ai/bases/{id}/sources';
const TAG = 'knowledge';
const KINDS = ['site', 'git', 'webdav'] as const;
const Schedule = Type.Union([Type.String({ minLength: 9, maxLength: 100 }), Type.Null()], {
  description: 'When it is read again: five fields, UTC, once an hour at most; null for by hand alone',
});
const UserName = Type.String({ maxLength: 200, pattern: '^[^\\u0000-\\u001f:]*$' });
const Password = Type.String({ maxLength: 1_000, description: 'Or a token; never shown again', writeOnly: true });

const SourceView = Type.Object({
  id: Type.String(),
  base_id: Type.String(),
  kind: Type.Enum([...KINDS]),
  url: Type.String({ description: 'Without its query for keys without `ai:manage`' }),
  within: Type.String(),
  branch: Type.String(),
  user_name: Type.String(),
  has_password: Type.Boolean(),
  schedule: Type.Union([Type.String(), Type.Null()]),
  next_sync_at: Type.Union([Type.String(), Type.Null()]),
  state: Type.Enum(['waiting', 'ready', 'failed']),
  reason: Type.String({ description: 'Why it could not be read the last time, or what was left out' }),
  documents: Type.Integer(),
  synced_at: Type.Union([Type.String(), Type.Null()]),
  created_at: Type.String(),
  updated_at: Type.String(),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});

export const sourceRoutes = [
  listRoute({
    path: OF_BASE,
    tag: TAG,
    access: AI_READ,
    summary: 'Where documents of this base come from that are kept in step, newest first',
    params: Id,
    item: SourceView,
    columns: {},
    async rows({ params, principal }, { db, bases }: KnowledgeScope) {
      const base = await bases.find(principal.tenantId, params.id);
      return { query: db.read('ai_replies_sources').where({ base: base.id }) };
    },
    async items(rows: SourceRow[], services: KnowledgeScope, { params, principal }) {
      const counts = await countsOf(rows, services);
      // An address may hold a key.
      const seen = (row: SourceRow) => (hasScope(principal, 'ai:manage') ? row.url : shownPage(row.url));
      return rows.map((row) => ({ ...view(row, params.id, counts.get(row.id) ?? 0), url: seen(row) }));
    },
  }),
  route({
    method: 'POST',
    path: OF_BASE,
    operationId: 'addKnowledgeSource',
    tag: TAG,
    access: AI_MANAGE,
    summary:
      'A new source: a site (its site map), a repository (git over HTTPS), a folder (WebDAV); it is read at once',
    params: Id,
    body: Type.Object({
      kind: Type.Enum([...KINDS]),
      url: Type.String({ pattern: '^https?://[^\\u0000]*$', maxLength: 1_000 }),
      within: Type.Optional(
        Type.String({
          maxLength: 500,
          description: 'What begins with this alone: `/help/` of a site, `docs/` of files',
        }),
      ),
      branch: Type.Optional(Type.String({ maxLength: 200, pattern: '^[^\\u0000-\\u0020~^:?*\\[\\\\]*$' })),
      user_name: Type.Optional(UserName),
      password: Type.Optional(Password),
      schedule: Type.Optional(Schedule),
    }),
    responses: { 201: SourceView },
    async handler({ params, body, principal }, { bases, sources }: KnowledgeScope) {
      const base = await bases.find(principal.tenantId, params.id);
      const { kind, url, within = '', branch = '', user_name = '', password = '', schedule = null } = body;
      const wish = { kind, url, within, branch, user_name, password, schedule, userId: principal.userId };
      const row = await sources.add(base, wish);
      return versioned(row, view(row, base.uuid, 0), 201);
    },
  }),
  route({
    method: 'PATCH',
    path: `${PATH}/{id}`,
    operationId: 'changeKnowledgeSource',
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Changes when a source is read, and as whom',
    params: Id,
    body: Type.Object({
      schedule: Type.Optional(Schedule),
      user_name: Type.Optional(UserName),
      password: Type.Optional(Password),
    }),
    requestHeaders: IF_MATCH,
    responses: { 200: SourceView },
    async handler({ params, body, principal, ctx }, services: KnowledgeScope) {
      return shown(await services.sources.change(principal.tenantId, params.id, body, preconditionOf(ctx)), services);
    },
  }),
  route({
    method: 'POST',
    path: `${PATH}/{id}/sync`,
    operationId: 'syncKnowledgeSource',
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Reads a source now',
    params: Id,
    responses: { 200: SourceView },
    async handler({ params, principal }, services: KnowledgeScope) {
      return shown(await services.sources.sync(principal.tenantId, params.id), services);
    },
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/{id}`,
    operationId: 'removeKnowledgeSource',
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Removes a source with the documents that it has brought, unless they are to be kept',
    params: Id,
    query: Type.Object({ keep: Type.Optional(Type.Enum(['yes', 'no'], { default: 'no' })) }),
    responses: { 204: null },
    async handler({ params, query, principal }, { sources }: KnowledgeScope) {
      await sources.remove(principal.tenantId, params.id, query.keep === 'yes');
      return reply(204);
    },
  }),
];

async function shown(row: SourceRow, services: KnowledgeScope) {
  const base = await services.db.read('ai_replies_bases').where({ id: row.base }).first('uuid');
  const counts = await countsOf([row], services);
  return versioned(row, view(row, base?.uuid ?? '', counts.get(row.id) ?? 0));
}

async function countsOf(rows: readonly SourceRow[], { db }: KnowledgeScope): Promise<Map<number, number>> {
  const counted = await db
    .read('ai_replies_documents')
    .whereIn(
      'source',
      rows.map(({ id }) => id),
    )
    .where({ is_gone: 0 })
    .groupBy('source')
    .select('source')
    .count<{ source: number; total: number | string }[]>({ total: '*' });
  return new Map(counted.map(({ source, total }) => [Number(source), Number(total)]));
}

function view(row: SourceRow, baseId: string, documents: number): Static<typeof SourceView> {
  const { uuid, kind, url, within, branch, user_name, password, schedule, state, reason } = row;
  return {
    id: uuid,
    base_id: baseId,
    kind,
    url,
    within,
    branch,
    user_name,
    schedule,
    state,
    reason,
    documents,
    has_password: password !== null,
    next_sync_at: isoSeconds(row.next_sync_at),
    synced_at: isoSeconds(row.synced_at),
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
    version: versionOf(row),
  };
}
