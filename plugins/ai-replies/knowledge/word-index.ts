/**
 * Finding chunks and answers by words: SQLite's FTS5, PostgreSQL's tsvector, both with words of our own making. A search looks
 * at a bounded number of rows, however many there are. Tables: ai_replies_chunk_words, ai_replies_answer_words.
 */
import { forgetWords, placeholders, rowsOf } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
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
  forget(kind: Indexed): Promise<void>;
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
/** SQLite takes 32 766 variables in a statement. */
const PER_STATEMENT = 5_000;
/** What is said of a single character, whose words are not counted. */
const USUAL_SHARE = 20;

const NOTHING: FoundByWords = { ids: [], weights: new Map(), telling: new Map() };

interface Counted {
  rows: number;
  at: number;
}

export function createWordIndex({ db, clock }: Services): WordIndex {
  const counted = new Map<string, Counted>();
  const isPg = db.client === 'pg';

  return {
    async add(trx, kind, texts) {
      for (let start = 0; start < texts.length; start += PER_STATEMENT) {
        const some = texts.slice(start, start + PER_STATEMENT);
        if (isPg) await addOnPostgres(trx, kind, some);
        else
          await trx.raw(
            `insert into ${tableOf(kind)} (rowid, owner, words) values ${placeholders(some.length, 3)}`,
            some.flatMap(({ id, owner, text }) => [id, owner, wordsOf(text).join(' ')]),
          );
      }
    },
    async replace(trx, kind, text) {
      await trx.raw(`delete from ${tableOf(kind)} where ${isPg ? 'id' : 'rowid'} = ?`, [text.id]);
      await this.add(trx, kind, [text]);
    },
    async find(kind, owners, terms, limit) {
      if (owners.length === 0 || terms.length === 0) return NOTHING;
      const counts = await countsOf(kind, terms);
      // This is never remembered: nothing is there at this moment.
      if (counts.get('') === 0) return NOTHING;
      const meant = withoutParts(terms, counts);
      const rarest = affordable(meant, counts);
      const rows = await (isPg ? onPostgres(kind, owners, rarest, limit) : onSqlite(kind, owners, rarest, limit));
      const all = Math.max(counts.get('') ?? 0, FEWEST_COUNTED);
      const most = inverseFrequency(all, 0);
      const tells = terms.map(({ word }): [string, number] => [word, inverseFrequency(all, counts.get(word) ?? 0)]);
      return {
        ids: rows.map(({ id }) => Number(id)),
        weights: new Map(tells.map(([word, value]): [string, number] => [word, 0.5 + value / (2 * most)])),
        telling: new Map(tells.filter(([word]) => meant.some((term) => term.word === word))),
      };
    },
    forget: (kind) => forgetWords(db, tableOf(kind)),
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

  async function onSqlite(kind: Indexed, owners: readonly string[], terms: readonly Term[], limit: number) {
    const table = tableOf(kind);
    const wanted = terms.map(({ word, isPrefix }) => `"${word}"${isPrefix ? '*' : ''}`).join(' OR ');
    const match = `owner : (${owners.map((owner) => `"${owner}"`).join(' OR ')}) AND words : (${wanted})`;
    const some = `select rowid as id, rank as fits from ${table} where ${table} match ? limit ?`;
    return rowsOf<{ id: number }>(
      await db.read.raw(`select id from (${some}) order by fits, id limit ?`, [match, MOST_ROWS, limit]),
    );
  }

  async function onPostgres(kind: Indexed, owners: readonly string[], terms: readonly Term[], limit: number) {
    const wanted = terms.map(({ word, isPrefix }) => `'${word}'${isPrefix ? ':*' : ''}`).join(' | ');
    const match = `(${owners.map((owner) => `'_${owner}'`).join(' | ')}) & (${wanted})`;
    const some = `select id, words from ${tableOf(kind)} where words @@ ?::tsquery limit ?`;
    // 1: a long text is no better for having more words.
    return rowsOf<{ id: number }>(
      await db.read.raw(`select id from (${some}) as hits order by ts_rank(words, ?::tsquery, 1) desc, id limit ?`, [
        match,
        MOST_ROWS,
        wanted,
        limit,
      ]),
    );
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
    const table = tableOf(kind);
    const named = words.filter((word) => word !== '');
    if (named.length === 0) return [];
    const each = `(select count(*) from (select 1 from ${table} where words @@ ?::tsquery limit ${MOST_COUNTED}) as hits)`;
    const rows = isPg
      ? rowsOf<{ term: string; rows: string }>(
          await db.read.raw(
            named.map(() => `select ?::text as term, ${each} as rows`).join(' union all '),
            named.flatMap((word) => [word, `'${word}'`]),
          ),
        )
      : rowsOf<{ term: string; rows: number }>(
          await db.read.raw(
            `select term, doc as "rows" from ${table}_rows where term in (${named.map(() => '?').join(', ')})`,
            named,
          ),
        );
    return rows.map(({ term, rows: found }): [string, number] => [term, Number(found)]);
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

async function addOnPostgres(trx: Transaction, kind: Indexed, texts: readonly IndexedText[]): Promise<void> {
  await trx.raw(
    `insert into ${tableOf(kind)} (id, words) values ${texts.map(() => '(?, ?::tsvector)').join(', ')}`,
    texts.flatMap(({ id, owner, text }) => {
      // The owner cannot be mistaken for a word, which has letters and digits alone.
      const words = wordsOf(text).map((word, place) => `'${word}':${Math.min(place + 1, MOST_PLACES)}`);
      return [id, [`'_${owner}'`, ...words].join(' ')];
    }),
  );
}

/** PostgreSQL's highest position in a tsvector. */
const MOST_PLACES = 16_383;

function tableOf(kind: Indexed): string {
  return `ai_replies_${kind}_words`;
}

/** As an owner: of all that is in a base. */
export function ownerOfBase(base: number): string {
  return `b${base}`;
}

/** As an owner: of the answers of a tenant. */
export function ownerOfTenant(tenantId: string): string {
  return `t${tenantId.replaceAll('-', '')}`;
}
