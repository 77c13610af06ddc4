/** The services of knowledge by name. */
import type { KnowledgeAnnouncing } from './announcing.ts';
import type { Answers } from './answers.ts';
import type { Bases } from './bases.ts';
import type { ChunkStore } from './chunk-store.ts';
import type { Documents } from './documents.ts';
import type { KnowledgeErasure } from './erasure.ts';
import type { DocumentReading } from './read-document.ts';
import type { DocumentReader } from './reading/reader.ts';
import type { KnowledgeSearch } from './search.ts';
import type { TestRuns } from './test-runs.ts';
import type { TestSets } from './test-sets.ts';
import type { Knowledge } from './types.ts';
import type { Comparison } from './vectors/comparison.ts';
import type { Embedding } from './vectors/embedding.ts';
import type { Vectors } from './vectors/vectors.ts';
import type { WordIndex } from './word-index.ts';

export interface KnowledgeOwn {
  answers: Answers;
  bases: Bases;
  chunkStore: ChunkStore;
  comparison: Comparison;
  documentReader: DocumentReader;
  documentReading: DocumentReading;
  documents: Documents;
  embedding: Embedding;
  knowledge: Knowledge;
  knowledgeAnnouncing: KnowledgeAnnouncing;
  knowledgeErasure: KnowledgeErasure;
  knowledgeSearch: KnowledgeSearch;
  testRuns: TestRuns;
  testSets: TestSets;
  vectors: Vectors;
  wordIndex: WordIndex;
}
