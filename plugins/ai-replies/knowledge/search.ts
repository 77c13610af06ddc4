/**
 * Search in knowledge: words and meaning, each in its order, fused by their ranks (Cormack et al. 2009), perhaps ranked again by
 * an endpoint, with the neighbours of what was found, and nothing below the floor of its base. It finds by words alone when
 * an endpoint has failed.
 */
import { messageOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { Models } from '../models/types.ts';
import type { Bases } from './bases.ts';
import { joined } from './chunk-context.ts';
import type { ChunkRow } from './tables.ts';
import { holderOf, rankedTermsOf, type Term, termsOf } from './tokenizer.ts';
import type { KnowledgeQuery, Passage } from './types.ts';
import type { Vectors } from './vectors/vectors.ts';
import { ownerOfBase, type WordIndex } from './word-index.ts';
import { inOrderOfWords } from './word-order.ts';

export interface KnowledgeSearch {
  search(query: KnowledgeQuery): Promise<Passage[]>;
  /** Also what is below the floor, for the test bench. */
  trace(query: KnowledgeQuery): Promise<Looked>;
}

export interface Looked {
  passages: Passage[];
  /** What was found too, but does not fit well enough. */
  belowFloor: Passage[];
  /** What was looked for by. */
  by: { words: boolean; meaning: boolean; rerank: boolean };
}

export interface Candidate extends ChunkRow {
  documentId: string;
  documentName: string;
}

interface Found {
  chunk: Candidate;
  words: number | null;
  meaning: number | null;
  rerank: number | null;
  fused: number;
}

const RRF_K = 60;
/** Of each way of looking. */
const CANDIDATES = 50;
/** So many of those found by words are put in order: two milliseconds of Chinese; fifty find two of a thousand more. */
const COMPARED = 30;
/** So many are ranked again. */
const RERANKED = 20;
const LONGEST_RERANKED = 4_000;
const DEFAULT_LIMIT = 5;
const MOST_PASSAGES = 50;

export function createKnowledgeSearch({
  db,
  log,
  bases,
  models,
  vectors,
  wordIndex,
}: Services & { bases: Bases; models: Models; vectors: Vectors; wordIndex: WordIndex }): KnowledgeSearch {
  return { trace, search: async (query) => (await trace(query)).passages };

  async function trace(query: KnowledgeQuery): Promise<Looked> {
    const within = await bases.of(query.tenantId, query.bases);
    const ids = within.map(({ id }) => id);
    const terms = termsOf(query.text);
    if (ids.length === 0 || query.text.trim() === '')
      return { passages: [], belowFloor: [], by: { words: false, meaning: false, rerank: false } };
    const ranked = rankedTermsOf(query.text);
    const [{ ids: withWords, weights, telling }, byMeaning] = await Promise.all([
      wordIndex.find('chunk', ids.map(ownerOfBase), ranked, CANDIDATES),
      nearest(query, ids),
    ]);
    const similarity = new Map(byMeaning?.map(({ chunk, similarity: value }) => [chunk, value]));
    const chunks = await candidates([...new Set([...withWords, ...similarity.keys()])], new Set(ids));
    const known = new Map(chunks.map((chunk) => [chunk.id, chunk]));
    const compared = withWords.slice(0, COMPARED).flatMap((id) => {
      const chunk = known.get(id);
      return chunk ? [{ id, text: textOf(chunk) }] : [];
    });
    const byWords = [...inOrderOfWords(compared, query.text, ranked, telling), ...withWords.slice(COMPARED)];
    const ranks = [byWords, byMeaning?.map(({ chunk }) => chunk) ?? []].map(
      (order) => new Map(order.map((id, rank) => [id, rank])),
    );
    const found = chunks
      .map((chunk) => ({
        chunk,
        words: terms.length > 0 ? coverage(chunk, terms, weights) : null,
        meaning: similarity.get(chunk.id) ?? null,
        rerank: null,
        fused: ranks.reduce((sum, order) => sum + fusedPart(order.get(chunk.id)), 0),
      }))
      .sort((one, other) => other.fused - one.fused || one.chunk.id - other.chunk.id);
    const again = await reranked(query, found);
    const floors = new Map(within.map(({ id, floor }) => [id, floor]));
    const isAbove = (one: Found): boolean => scoreOf(one) >= (floors.get(one.chunk.base) ?? 0);
    const limit = Math.min(query.limit ?? DEFAULT_LIMIT, MOST_PASSAGES);
    return {
      passages: await passagesOf(again.filter(isAbove), limit),
      belowFloor: again
        .filter((one) => !isAbove(one))
        .slice(0, limit)
        .map((one) => passageOf(one, one.chunk)),
      by: { words: true, meaning: byMeaning !== null, rerank: again.some(({ rerank }) => rerank !== null) },
    };
  }

  /** Null when there is no endpoint, or it has failed. */
  async function nearest({ tenantId, text, robotId = null, signal }: KnowledgeQuery, ids: readonly number[]) {
    try {
      return await vectors.nearest({ tenantId, purpose: 'embed', robotId }, ids, text, CANDIDATES, signal);
    } catch (error) {
      signal?.throwIfAborted();
      log.warn({ tenant_id: tenantId, error: messageOf(error) }, 'knowledge is looked for by words alone');
      return null;
    }
  }

  async function candidates(ids: readonly number[], within: ReadonlySet<number>): Promise<Candidate[]> {
    const rows: Candidate[] = await db
      .read('ai_replies_chunks')
      .join('ai_replies_documents', 'ai_replies_documents.id', 'ai_replies_chunks.document')
      .whereIn('ai_replies_chunks.id', [...ids])
      .where('ai_replies_documents.reading', db.read.ref('ai_replies_chunks.reading'))
      .where('ai_replies_documents.is_gone', 0)
      .select('ai_replies_chunks.*', {
        documentId: 'ai_replies_documents.uuid',
        documentName: 'ai_replies_documents.name',
      });
    return rows.filter(({ base }) => within.has(base));
  }

  /** By the endpoint, when there is one and it answers; what it has not seen comes after. */
  async function reranked(query: KnowledgeQuery, found: readonly Found[]): Promise<readonly Found[]> {
    const [first, rest] = [found.slice(0, RERANKED), found.slice(RERANKED)];
    if (first.length === 0) return found;
    const { tenantId, robotId = null, text, signal } = query;
    try {
      const asker = { tenantId, purpose: 'rerank' as const, robotId };
      const texts = first.map(({ chunk }) => textOf(chunk).slice(0, LONGEST_RERANKED));
      const scores = await models.rerank(asker, text, texts, signal);
      if (!scores) return found;
      const scored = first.map((one, place) => ({ ...one, rerank: shareOf(scores[place] ?? 0, scores) }));
      return [...scored.sort((one, other) => other.rerank - one.rerank), ...rest];
    } catch (error) {
      signal?.throwIfAborted();
      log.warn({ tenant_id: tenantId, error: messageOf(error) }, 'what was found in knowledge is not ranked again');
      return found;
    }
  }

  /** Those that lie beside each other become one; each gets the text around it. */
  async function passagesOf(found: readonly Found[], limit: number): Promise<Passage[]> {
    const best: Found[] = [];
    const isNeighbour = (one: Found, other: Found): boolean =>
      one.chunk.document === other.chunk.document &&
      one.chunk.is_row === 0 &&
      Math.abs(one.chunk.place - other.chunk.place) === 1;
    for (const one of found) {
      if (best.length === limit) break;
      if (!best.some((other) => isNeighbour(one, other))) best.push(one);
    }
    const around = await neighboursOf(best.map(({ chunk }) => chunk));
    return best.map((one) => passageOf(one, joined(one.chunk, around)));
  }

  async function neighboursOf(chunks: readonly Candidate[]): Promise<ChunkRow[]> {
    const texts = chunks.filter(({ is_row }) => is_row === 0);
    if (texts.length === 0) return [];
    return db.read('ai_replies_chunks').where((rows) => {
      for (const { document, reading, place } of texts)
        rows.orWhere((one) => one.where({ document, reading }).whereIn('place', [place - 1, place + 1]));
    });
  }
}

function fusedPart(rank: number | undefined): number {
  return rank === undefined ? 0 : 1 / (RRF_K + rank + 1);
}

/** How much of what the question asks for stands in the chunk, from 0 to 1. */
function coverage(chunk: Candidate, terms: readonly Term[], weights: ReadonlyMap<string, number>): number {
  const holds = holderOf(textOf(chunk));
  const held = new Map(terms.map((term) => [term.word, holds(term)]));
  let [has, all] = [0, 0];
  for (const { word, between } of terms) {
    const weight = weights.get(word) ?? 1;
    const isHeld = held.get(word) === true;
    if (!isHeld && between?.every((neighbour) => held.get(neighbour))) continue;
    all += weight;
    if (isHeld) has += weight;
  }
  return all === 0 ? 0 : has / all;
}

function scoreOf({ words, meaning, rerank }: Found): number {
  const score = rerank ?? Math.max(words ?? 0, meaning ?? 0);
  return Math.min(Math.max(score, 0), 1);
}

/** Some endpoints give shares from 0 to 1, others numbers without bounds. */
function shareOf(score: number, all: readonly number[]): number {
  if (score === Number.NEGATIVE_INFINITY) return 0;
  const areShares = all.every((one) => one === Number.NEGATIVE_INFINITY || (one >= 0 && one <= 1));
  return areShares ? score : 1 / (1 + Math.exp(-score));
}

function textOf({ headings, text }: ChunkRow): string {
  return [...headingsOf(headings), text].join('\n');
}

function headingsOf(json: string): string[] {
  return JSON.parse(json);
}

function passageOf(one: Found, { text, start }: { text: string; start: number }): Passage {
  const { chunk, words, meaning, rerank } = one;
  return {
    id: `${chunk.documentId}.${chunk.place}`,
    documentId: chunk.documentId,
    document: chunk.documentName,
    headings: headingsOf(chunk.headings),
    page: chunk.page,
    offset: start,
    text,
    score: scoreOf(one),
    found: { words, meaning, rerank },
  };
}
