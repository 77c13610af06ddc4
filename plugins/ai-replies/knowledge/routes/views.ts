/** Knowledge as it is shown. */
import Type, { type Static } from 'typebox';
import { hasScope, isoSeconds } from '#core/kit.ts';
import { type Principal, versionOf } from '#core/plugin.ts';
import { shownPage } from '../page-address.ts';
import type { ChunkRow, DocumentRow } from '../tables.ts';
import type { Passage } from '../types.ts';

export const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });
const Nullable = <T extends Type.TSchema>(of: T) => Type.Union([of, Type.Null()]);
const Version = Type.String({ description: 'For `If-Match` of a change' });

export const DocumentView = Type.Object({
  id: Type.String(),
  base_id: Type.String(),
  name: Type.String(),
  media_type: Type.String({ description: 'What it was found to be' }),
  size_bytes: Type.Integer(),
  state: Type.Enum(['waiting', 'ready', 'failed'], { description: '`waiting`: it is about to be read' }),
  reason: Type.String({ description: 'Why it could not be read; of one that is ready, why not the last time' }),
  url: Nullable(Type.String({ description: 'Without its query for keys without `ai:manage`' })),
  schedule: Nullable(Type.String()),
  next_read_at: Nullable(Type.String()),
  read_at: Nullable(Type.String()),
  pages: Nullable(Type.Integer()),
  chunks: Type.Integer(),
  has_vectors: Type.Boolean({ description: 'Whether it is found by meaning, too' }),
  created_at: Type.String(),
  updated_at: Type.String(),
  version: Version,
});

export const ChunkView = Type.Object({
  id: Type.String(),
  place: Type.Integer({ description: '0 for the first' }),
  headings: Type.Array(Type.String(), { description: 'Those above it, outermost first' }),
  page: Nullable(Type.Integer()),
  offset: Type.Integer({ description: 'Where it begins in the text of the document, in characters' }),
  tokens: Type.Integer(),
  text: Type.String(),
});

const Score = Nullable(Type.Number());
export const PassageView = Type.Object({
  id: Type.String(),
  document_id: Type.String(),
  document: Type.String(),
  headings: Type.Array(Type.String()),
  page: Nullable(Type.Integer()),
  offset: Type.Integer(),
  text: Type.String(),
  score: Type.Number({ description: 'From 0 to 1; what the floor of its base is compared with' }),
  found: Type.Object({ words: Score, meaning: Score, rerank: Score }),
});

export const Figures = Type.Object({
  questions: Type.Integer(),
  hit_rate: Type.Number({ description: 'Share of questions whose expected passage is among the first k' }),
  mrr: Type.Number({ description: 'Mean of 1 / rank of that passage' }),
  words_rate: Nullable(Type.Number({ description: 'Share of those with expected words, whose words were found' })),
});

export function documentView(row: DocumentRow, baseId: string, principal: Principal): Static<typeof DocumentView> {
  const { uuid, name, media_type, size_bytes, state, reason, schedule, pages, chunks, embedded_by } = row;
  const url = row.url === null || hasScope(principal, 'ai:manage') ? row.url : shownPage(row.url);
  return {
    id: uuid,
    base_id: baseId,
    name,
    media_type,
    size_bytes: Number(size_bytes),
    state,
    reason,
    url,
    schedule,
    next_read_at: isoSeconds(row.next_read_at),
    read_at: isoSeconds(row.read_at),
    pages,
    chunks,
    has_vectors: embedded_by !== '',
    ...stampsOf(row),
  };
}

export function chunkView(row: ChunkRow, documentId: string): Static<typeof ChunkView> {
  const { place, headings, page, start, tokens, text } = row;
  return { id: `${documentId}.${place}`, place, headings: JSON.parse(headings), page, offset: start, tokens, text };
}

export function passageView({ documentId, ...passage }: Passage): Static<typeof PassageView> {
  return { ...passage, document_id: documentId, headings: [...passage.headings] };
}

function stampsOf(row: { created_at: number; updated_at: number }) {
  return { created_at: isoSeconds(row.created_at), updated_at: isoSeconds(row.updated_at), version: versionOf(row) };
}
