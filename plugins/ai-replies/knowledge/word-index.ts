/**
 * Word indexes: chunks and answers are found by words of our own making, the rarest first. A search looks at a bounded number of
 * rows, however many there are. Tables: ai_replies_chunk_words, ai_replies_answer_words.
 */
import { createRankedWords } from '#core/kit.ts';
import type { Database, Services, Transaction } from '#core/plugin.ts';
import { inverseFrequency } from './inverse-frequency.ts';
import { type Term, wordsOf } from './tokenizer.ts';

export type Indexed = 'chunk' | 'answer';

export interface IndexedText {
  id: number;
  /** Whose it is: of one such word at least a search says that the row has it. */
  owner: string;
  text: string;
}

export interface FoundByWords {
  /** Of the rows that have most of the rarest terms, best first. */
  ids: readonly number[];
  /** How much each term tells, from about 0.5 (it is everywhere) to 1 (it is nowhere). */
  weights: ReadonlyMap<string, number>;
  /** The same as BM25 weighs it: 0 for what is everywhere. */
  telling: ReadonlyMap<string, number>;
}

export interface WordIndex {
  add(trx: Transaction, kind: Indexed, texts: readonly IndexedText[]): Promise<void>;
  /** The same for one whose text has changed. */
  replace(trx: Transaction, kind: Indexed, text: IndexedText): Promise<void>;
  find(kind: Indexed, owners: readonly string[], terms: readonly Term[], limit: number): Promise<FoundByWords>;
  /** Takes the words of what was deleted out of the index. */
  deleteUnused(kind: Indexed): Promise<void>;
}

/** Rows that one search looks at. */
const MOST_ROWS = 5_000;
/** Of fewer rows it cannot be said which words are common: one that stands there would tell half as much as one that does not. */
const FEWEST_COUNTED = 20;
/** A word that more rows have is as common as any. */
const MOST_COUNTED = 20_000;
/** How common a word is changes slowly. */
const COUNTED_FOR_MS = 10 * 60_000;
const MOST_REMEMBERED = 20_000;
/** What is said of a single character, whose words are not counted. */
const USUAL_SHARE = 20;

const NOTHING: FoundByWords = { ids: [], weights: new Map(), telling: new Map() };

interface Counted {
  rows: number;
  at: number;
}

export function createWordIndex({ db, clock }: Services): WordIndex {
  const counted = new Map<string, Counted>();
  const indexes = { chunk: indexOf('chunk', db.client), answer: indexOf('answer', db.client) };

  return {
    add: (trx, kind, texts) => indexes[kind].add(trx, texts.map(indexed)),
    replace: (trx, kind, text) => indexes[kind].replace(trx, indexed(text)),
    async find(kind, owners, terms, limit) {
      if (owners.length === 0 || terms.length === 0) return NOTHING;
      const counts = await countsOf(kind, terms);
      // This is never remembered: nothing is there at this moment.
      if (counts.get('') === 0) return NOTHING;
      const meant = withoutParts(terms, counts);
      const rarest = affordable(meant, counts);
      const ids = await indexes[kind].best(db.read, { owners, terms: rarest, most: MOST_ROWS, limit });
      const all = Math.max(counts.get('') ?? 0, FEWEST_COUNTED);
      const most = inverseFrequency(all, 0);
      const tells = terms.map(({ word }): [string, number] => [word, inverseFrequency(all, counts.get(word) ?? 0)]);
      return {
        ids,
        weights: new Map(tells.map(([word, value]): [string, number] => [word, 0.5 + value / (2 * most)])),
        telling: new Map(tells.filter(([word]) => meant.some((term) => term.word === word))),
      };
    },
    deleteUnused: (kind) => indexes[kind].deleteUnused(db),
  };

  /** The rarest terms, as many as together stand in no more rows than are looked at. */
  function affordable(terms: readonly Term[], counts: ReadonlyMap<string, number>): Term[] {
    const rowsWith = ({ word }: Term): number => counts.get(word) ?? 0;
    let sum = 0;
    const known = terms.filter((term) => rowsWith(term) > 0).sort((one, other) => rowsWith(one) - rowsWith(other));
    // What is new since they were counted is found all the same.
    if (known.length === 0) return [...terms];
    return known.filter((term, place) => {
      sum += rowsWith(term);
      return place === 0 || sum <= MOST_ROWS;
    });
  }

  /** Rows that have each of the words; of '' all that there are. */
  async function countsOf(kind: Indexed, terms: readonly Term[]): Promise<Map<string, number>> {
    const now = clock.now();
    const fresh = (word: string): number | undefined => {
      const known = counted.get(`${kind} ${word}`);
      return known && now - known.at < COUNTED_FOR_MS ? known.rows : undefined;
    };
    const wanted = ['', ...terms.filter(({ isPrefix }) => !isPrefix).map(({ word }) => word)];
    const missing = wanted.filter((word) => fresh(word) === undefined);
    const found = new Map(wanted.map((word) => [word, fresh(word) ?? 0]));
    const [all, named] = await Promise.all([missing.includes('') ? countAll(kind) : null, countNamed(kind, missing)]);
    for (const [word, rows] of all === null ? named : [...named, ['', all] as const]) {
      found.set(word, rows);
      if (counted.size >= MOST_REMEMBERED) counted.clear();
      // What stands nowhere may be in the next document.
      if (rows > 0) counted.set(`${kind} ${word}`, { rows, at: now });
    }
    const usual = Math.ceil((found.get('') ?? 0) / USUAL_SHARE);
    for (const { word, isPrefix } of terms) if (isPrefix) found.set(word, usual);
    return found;
  }

  async function countNamed(kind: Indexed, words: readonly string[]): Promise<[string, number][]> {
    const named = words.filter((word) => word !== '');
    return named.length === 0 ? [] : indexes[kind].counts(db.read, named, MOST_COUNTED);
  }

  async function countAll(kind: Indexed): Promise<number> {
    const rows =
      kind === 'chunk'
        ? await db.read('ai_replies_documents').sum({ total: 'chunks' }).first()
        : await db.read('ai_replies_answers').max({ total: 'id' }).first();
    return Number(rows?.total ?? 0);
  }
}

/** Of a character and a pair with it that stands somewhere, the pair is what is meant. */
function withoutParts(terms: readonly Term[], counts: ReadonlyMap<string, number>): Term[] {
  const pairs = terms.filter(({ word, isPrefix }) => !isPrefix && (counts.get(word) ?? 0) > 0);
  return terms.filter(({ word, isPrefix }) => !isPrefix || !pairs.some((pair) => pair.word.includes(word)));
}

/** Puts texts into the index again after their rows have come from elsewhere. */
export async function addWords(
  trx: Transaction,
  client: Database['client'],
  kind: Indexed,
  texts: readonly IndexedText[],
): Promise<void> {
  await indexOf(kind, client).add(trx, texts.map(indexed));
}

function indexOf(kind: Indexed, client: Database['client']) {
  return createRankedWords(client, `ai_replies_${kind}_words`);
}

function indexed({ id, owner, text }: IndexedText): { id: number; texts: string[] } {
  return { id, texts: [owner, wordsOf(text).join(' ')] };
}

/** As an owner: of all that is in a base. */
export function ownerOfBase(base: number): string {
  return `b${base}`;
}

/** As an owner: of the answers of a tenant. */
export function ownerOfTenant(tenantId: string): string {
  return `t${tenantId.replaceAll('-', '')}`;
}
