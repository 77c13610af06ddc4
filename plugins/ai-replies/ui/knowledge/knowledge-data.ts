/** Knowledge as pages read it. */
import type { RowOf } from 'patchbay-platform/ui';

export const BASES = '/api/platform/ai/bases';
export const BASE = '/api/platform/ai/bases/{id}';
export const FILES = '/api/platform/ai/bases/{id}/files';
export const IMPORT = '/api/platform/ai/bases/{id}/import';
export const EXPORT = '/api/platform/ai/documents/export';
export const SOURCES = '/api/platform/ai/bases/{id}/sources';
export const SOURCE = '/api/platform/ai/sources/{id}';
export const DOCUMENTS = '/api/platform/ai/documents';
export const DOCUMENT = '/api/platform/ai/documents/{id}';
export const CHUNKS = '/api/platform/ai/documents/{id}/chunks';
export const ANSWERS = '/api/platform/ai/answers';
export const ANSWER = '/api/platform/ai/answers/{id}';
export const TEST_SETS = '/api/platform/ai/test-sets';
export const TEST_SET = '/api/platform/ai/test-sets/{id}';
export const QUESTIONS = '/api/platform/ai/test-sets/{id}/questions';
export const QUESTION = '/api/platform/ai/test-sets/{id}/questions/{question_id}';
export const RUNS = '/api/platform/ai/test-sets/{id}/runs';
export const RUN = '/api/platform/ai/test-sets/{id}/runs/{run_id}';

export type Base = RowOf<typeof BASES>;
export type Source = RowOf<typeof SOURCES>;
export type KnowledgeDocument = RowOf<typeof DOCUMENTS>;
export type SavedAnswer = RowOf<typeof ANSWERS>;
export type TestSet = RowOf<typeof TEST_SETS>;
export type TestQuestion = RowOf<typeof QUESTIONS>;
export type TestRun = RowOf<typeof RUNS>;

/** A document was read, or could not be. */
export const READ_TOPICS = ['ai.document.read'] as const;

/** How the states of documents look: their words are not those of other things. */
export const DOCUMENT_LOOKS = { waiting: 'processing', ready: 'done', failed: 'failed' } as const;
