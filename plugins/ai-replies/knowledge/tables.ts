/** Rows of the tables of knowledge. Times are ms since the epoch, flags are 0 and 1. */
import type { OwnedTables } from '#core/plugin.ts';

export interface BaseRow {
  id: number;
  uuid: string;
  tenant_id: string;
  name: string;
  /** Passages with a lower score are not given. */
  floor: number;
  chunk_tokens: number;
  overlap_tokens: number;
  /** 1 once it was deleted: what is in it is being erased. */
  is_gone: number;
  created_at: number;
  updated_at: number;
}

export type DocumentState = 'waiting' | 'ready' | 'failed';

export interface DocumentRow {
  id: number;
  uuid: string;
  tenant_id: string;
  base: number;
  name: string;
  /** What it was found to be; until it was read, what it was sent as. */
  media_type: string;
  size_bytes: number;
  /** Its bytes as they came; null of a page that was never read. */
  blob: number | null;
  state: DocumentState;
  /** In words: why it could not be read, or not the last time. */
  reason: string;
  is_gone: number;
  url: string | null;
  /** Five fields, UTC. */
  schedule: string | null;
  next_read_at: number | null;
  etag: string | null;
  last_modified: string | null;
  /** Of the bytes that its chunks were made of. */
  content_hash: string;
  /** The reading that was asked for last. */
  wanted: number;
  /** The one whose chunks are found; 0 before the first. */
  reading: number;
  pages: number | null;
  chunks: number;
  /** The model that all its chunks have vectors of; '' without. */
  embedded_by: string;
  user_id: number | null;
  /** What keeps it in step with where it comes from; null of one that was sent. */
  source: number | null;
  /** Its name there: a path, an address. */
  source_path: string | null;
  /** What it is recognised by there: a hash, an ETag, a date. */
  source_version: string | null;
  read_at: number | null;
  created_at: number;
  updated_at: number;
}

export type SourceKind = 'site' | 'git' | 'webdav';
export type SourceState = 'waiting' | 'ready' | 'failed';

/** Where documents come from that are kept in step with it. */
export interface SourceRow {
  id: number;
  uuid: string;
  tenant_id: string;
  base: number;
  kind: SourceKind;
  url: string;
  /** Of what is found there, what begins with this alone. */
  within: string;
  /** Of a repository; '' for the one that is its own default. */
  branch: string;
  user_name: string;
  /** Sealed; null without. */
  password: string | null;
  /** Five fields, UTC; null for by hand alone. */
  schedule: string | null;
  next_sync_at: number | null;
  state: SourceState;
  /** Why it could not be read, or which documents were left out. */
  reason: string;
  /** The reading that was asked for last. */
  wanted: number;
  /** What the whole was recognised by the last time: a commit. */
  version: string;
  synced_at: number | null;
  user_id: number | null;
  created_at: number;
  updated_at: number;
}

export interface ChunkRow {
  id: number;
  document: number;
  base: number;
  reading: number;
  /** 0, 1, 2 within its reading. */
  place: number;
  /** JSON: texts, outermost first. */
  headings: string;
  page: number | null;
  /** Where it begins in the document's text. */
  start: number;
  /** 1 of a row of a table, which is not joined with its neighbours. */
  is_row: number;
  tokens: number;
  text: string;
  /** Of headings and text: what is the same needs no new vector. */
  hash: string;
}

export interface VectorRow {
  chunk: number;
  base: number;
  model: string;
  dimensions: number;
  /** Of length 1: 32-bit floats, little-endian, on SQLite; a list on PostgreSQL. */
  vector: Buffer | number[];
}

export type AnswerState = 'suggested' | 'approved' | 'rejected';

export interface AnswerRow {
  id: number;
  uuid: string;
  tenant_id: string;
  state: AnswerState;
  question: string;
  answer: string;
  /** Of the question without case, spaces and marks. */
  question_hash: string;
  conversation_id: string | null;
  /** Who has asked. */
  contact_id: string | null;
  /** Who gave the answer. */
  user_id: number | null;
  /** How often it was sent. */
  used: number;
  created_at: number;
  updated_at: number;
}

export interface TestSetRow {
  id: number;
  uuid: string;
  tenant_id: string;
  name: string;
  /** JSON: ids of bases; null is all of the tenant. */
  bases: string | null;
  /** So many passages are looked at. */
  k: number;
  created_at: number;
  updated_at: number;
}

export interface TestQuestionRow {
  id: number;
  uuid: string;
  test_set: number;
  question: string;
  /** JSON: ids of documents, one of which is to be found. */
  documents: string;
  /** Words of the passage that is to be found; '' for any of the document. */
  passage: string;
  /** JSON: what has to stand in what is found. */
  answer_words: string;
  created_at: number;
  updated_at: number;
}

export interface TestRunRow {
  id: number;
  uuid: string;
  test_set: number;
  state: 'waiting' | 'done' | 'failed';
  reason: string;
  /** JSON of `TestFigures`, once it is done. */
  figures: string | null;
  created_at: number;
  finished_at: number | null;
}

export interface TestResultRow {
  id: number;
  run: number;
  question_id: string;
  question: string;
  /** 1 for the first passage; null when what was expected is not among them. */
  rank: number | null;
  /** Whether all the expected words stand there; null when none are expected. */
  has_words: number | null;
  /** JSON: documents and places with their scores. */
  found: string;
}

declare global {
  namespace Patchbay {
    interface Tables {
      ai_replies_bases: BaseRow;
      ai_replies_documents: DocumentRow;
      ai_replies_sources: SourceRow;
      ai_replies_chunks: ChunkRow;
      ai_replies_vectors: VectorRow;
      ai_replies_answers: AnswerRow;
      ai_replies_test_sets: TestSetRow;
      ai_replies_test_questions: TestQuestionRow;
      ai_replies_test_runs: TestRunRow;
      ai_replies_test_results: TestResultRow;
    }
  }
}

/** With their files, passages and words. */
const BY_ERASURE = { by: 'knowledge/erasure.ts' };

/** Whose they are. */
export const knowledgeTables = {
  ai_replies_bases: { 'tenant.deleted': BY_ERASURE },
  ai_replies_documents: {
    'tenant.deleted': BY_ERASURE,
    // What they sent belongs to the tenant and stays, without who they were.
    'user.deleted': { where: { user_id: 'id' }, set: { user_id: null } },
  },
  ai_replies_sources: {
    'tenant.deleted': 'tenant_id',
    'user.deleted': { where: { user_id: 'id' }, set: { user_id: null } },
  },
  ai_replies_answers: {
    'tenant.deleted': BY_ERASURE,
    'user.deleted': { where: { user_id: 'id' }, set: { user_id: null } },
    'contact.erased': BY_ERASURE,
  },
  ai_replies_test_sets: { 'tenant.deleted': 'tenant_id' },
} satisfies OwnedTables;
