/** How the services of knowledge are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { ModelsOwn } from '../models/services.ts';
import type { AiGround } from '../services.ts';
import { createKnowledgeAnnouncing } from './announcing.ts';
import { createAnswers } from './answers.ts';
import { createKnowledgeAsk } from './ask.ts';
import { createBases } from './bases.ts';
import { createBulkExport } from './bulk/export.ts';
import { createBulkImport } from './bulk/import.ts';
import { createIntake } from './bulk/intake.ts';
import { createChunkStore } from './chunk-store.ts';
import { createDocuments } from './documents.ts';
import { createKnowledgeErasure } from './erasure.ts';
import { createKnowledge } from './knowledge.ts';
import { createDocumentReading } from './read-document.ts';
import { createDocumentReader } from './reading/reader.ts';
import { createKnowledgeSearch } from './search.ts';
import { createSources } from './sources/sources.ts';
import { createSourceSync } from './sources/sync.ts';
import { createTestRuns } from './test-runs.ts';
import { createComparison } from './vectors/comparison.ts';
import { createEmbedding } from './vectors/embedding.ts';
import { createVectors } from './vectors/vectors.ts';
import { createWordIndex } from './word-index.ts';

export const knowledgeServices = {
  answers: createAnswers,
  bases: createBases,
  bulkExport: createBulkExport,
  bulkImport: createBulkImport,
  chunkStore: createChunkStore,
  comparison: createComparison,
  documentReader: createDocumentReader,
  documentReading: createDocumentReading,
  documents: createDocuments,
  embedding: createEmbedding,
  intake: createIntake,
  knowledge: createKnowledge,
  knowledgeAnnouncing: createKnowledgeAnnouncing,
  knowledgeAsk: createKnowledgeAsk,
  knowledgeErasure: createKnowledgeErasure,
  knowledgeSearch: createKnowledgeSearch,
  sources: createSources,
  sourceSync: createSourceSync,
  testRuns: createTestRuns,
  vectors: createVectors,
  wordIndex: createWordIndex,
};

export interface KnowledgeOwn extends ServicesOf<typeof knowledgeServices> {}

/** What this part sees. */
export interface KnowledgeScope extends AiGround, ModelsOwn, KnowledgeOwn {}
