/** Finding passages, for workflows and agents. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { AI_READ } from '../access.ts';
import type { KnowledgeScope } from './services.ts';

const MOST_PASSAGES = 20;
export const Bases = Type.Optional(
  Type.Array(Type.String({ maxLength: 60 }), { maxItems: 100, description: 'Ids of knowledge bases; default: all' }),
);

export const knowledgeFunctions = [
  defineFunction({
    name: 'kb.search',
    summary: 'Finds passages of documents that fit a question, best first',
    access: AI_READ,
    sameForAll: true,
    input: Type.Object({
      text: Type.String({ minLength: 1, maxLength: 2_000 }),
      bases: Bases,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_PASSAGES })),
    }),
    output: Type.Object({
      passages: Type.Array(
        Type.Object({
          id: Type.String(),
          document_id: Type.String(),
          document: Type.String(),
          headings: Type.Array(Type.String()),
          page: Type.Union([Type.Integer(), Type.Null()]),
          offset: Type.Integer(),
          text: Type.String(),
          score: Type.Number(),
        }),
      ),
    }),
    async run({ text, bases = undefined, limit = 5 }, { tenantId, signal }, { knowledge }: KnowledgeScope) {
      const query = { tenantId, bases: bases ?? null, text, limit, ...(signal && { signal }) };
      const found = await knowledge.search(query);
      return {
        passages: found.map(({ id, documentId, document, headings, page, offset, text: own, score }) => ({
          id,
          document_id: documentId,
          document,
          headings: [...headings],
          page,
          offset,
          text: own,
          score,
        })),
      };
    },
  }),
];
