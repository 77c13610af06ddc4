/**
 * Compares vectors in a thread, which keeps those of the bases that were asked last, within a bound. Bases that are larger
 * than that are read for each question, in pieces.
 */
import type { Worker } from 'node:worker_threads';
import { rowsOf, startThread } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../../config.ts';
import type { ThreadOrder, ThreadReply } from './thread.ts';
import type { Nearest, Wanted } from './types.ts';

export interface ThreadComparison {
  nearest(wanted: Wanted): Promise<Nearest[]>;
  /** Those of the bases that are large and in memory. Others that are large and would fit are fetched, for the next question. */
  large(wanted: Wanted): number[];
  /** Of one base, or of all (null). */
  invalidate(base: number | null): void;
  stop(): Promise<void>;
}

interface Kept {
  base: number;
  bytes: number;
}

interface Asked {
  resolve(found: Nearest[]): void;
  reject(error: unknown): void;
}

const WORKER = new URL('./thread.ts', import.meta.url);
/** Below, the database is as fast. */
const LARGE = 2_000;
/** What the thread may hold beside the vectors that it keeps. */
const WORKING_MB = 256;
/** Vectors that are read at once. */
const STEP = 2_000;
/** What PostgreSQL puts before a list, and before each number in it, when it sends one as bytes. */
const LIST_HEAD = 20;
const NUMBER_HEAD = 4;

/** `large`: vectors of which on a base is worth fetching where the database could compare them too. */
export function createThreadComparison(
  { db, config }: Services & { config: AiRepliesConfig },
  large = LARGE,
): ThreadComparison {
  const mostBytes = config.knowledge.vectorCacheMb * 1024 * 1024;
  /** The one that was asked last stands last. */
  const kept = new Map<string, Kept>();
  const loading = new Map<string, Promise<boolean>>();
  /** Those that are too small, or too large, to be fetched. */
  const passedOver = new Set<string>();
  const asked = new Map<number, Asked>();
  let worker: Worker | null = null;
  let generation = 0;
  let latest = 0;

  return {
    async nearest(wanted) {
      const found: Nearest[] = [];
      const isKept = await Promise.all(wanted.bases.map((base) => ensure(base, wanted)));
      const keys = wanted.bases.filter((_base, place) => isKept[place]).map((base) => keyOf(base, wanted));
      if (keys.length > 0) found.push(...(await ask({ kind: 'kept', keys, ...questionOf(wanted) })));
      for (const base of wanted.bases.filter((_base, place) => !isKept[place])) {
        for await (const { ids, vectors } of pagesOf(base, wanted))
          found.push(...(await ask({ kind: 'page', ids, vectors, ...questionOf(wanted) })));
      }
      return found.sort((one, other) => other.similarity - one.similarity).slice(0, wanted.limit);
    },
    large(wanted) {
      return wanted.bases.filter((base) => {
        const key = keyOf(base, wanted);
        if (loading.has(key)) return false;
        if (kept.has(key)) return true;
        if (!passedOver.has(key)) void load(base, wanted, large).catch(() => passedOver.add(key));
        return false;
      });
    },
    invalidate(base) {
      generation++;
      for (const key of passedOver) if (base === null || key.startsWith(`${base} `)) passedOver.delete(key);
      for (const [key, { base: owner }] of kept) if (base === null || base === owner) drop(key);
    },
    async stop() {
      const ended = worker;
      worker = null;
      kept.clear();
      await ended?.terminate();
    },
  };

  /** Whether the thread has the vectors of the base now. */
  async function ensure(base: number, wanted: Wanted): Promise<boolean> {
    const key = keyOf(base, wanted);
    const underWay = loading.get(key);
    if (underWay) return underWay;
    const known = kept.get(key);
    if (!known) return load(base, wanted, 0);
    kept.delete(key);
    kept.set(key, known);
    return true;
  }

  function load(base: number, wanted: Wanted, fewest: number): Promise<boolean> {
    const key = keyOf(base, wanted);
    const begun = loadBase(base, key, wanted, fewest).finally(() => loading.delete(key));
    loading.set(key, begun);
    return begun;
  }

  async function loadBase(base: number, key: string, wanted: Wanted, fewest: number): Promise<boolean> {
    const startedIn = generation;
    const counted = await rowsOfBase(base, wanted).count({ value: '*' }).first();
    const rows = Number(counted?.value ?? 0);
    const bytes = rows * wanted.vector.byteLength;
    if (bytes > mostBytes || rows < fewest) {
      passedOver.add(key);
      return false;
    }
    makeRoom(bytes);
    kept.set(key, { base, bytes });
    post({ kind: 'drop', key });
    try {
      for await (const { ids, vectors } of pagesOf(base, wanted)) {
        const dimensions = wanted.vector.length;
        post({ kind: 'add', key, ids, vectors, dimensions });
      }
    } catch (error) {
      drop(key);
      throw error;
    }
    // What was changed meanwhile may be missing: it is read for this question, and again for the next one.
    if (startedIn !== generation) kept.delete(key);
    return true;
  }

  function makeRoom(bytes: number): void {
    let sum = bytes + [...kept.values()].reduce((all, one) => all + one.bytes, 0);
    for (const [key, one] of kept) {
      if (sum <= mostBytes) return;
      sum -= one.bytes;
      drop(key);
    }
  }

  function drop(key: string): void {
    kept.delete(key);
    if (worker) post({ kind: 'drop', key });
  }

  async function* pagesOf(base: number, wanted: Wanted) {
    const column = db.client === 'pg' ? 'array_send(vector) as vector' : 'vector';
    for (let after = 0; ; ) {
      const rows = rowsOf<{ chunk: number; vector: Buffer }>(
        await rowsOfBase(base, wanted)
          .where('chunk', '>', after)
          .orderBy('chunk')
          .limit(STEP)
          .select('chunk', db.read.raw(column)),
      );
      if (rows.length > 0) yield pageOf(rows, wanted.vector.length, db.client === 'pg');
      if (rows.length < STEP) return;
      after = Number(rows.at(-1)?.chunk);
    }
  }

  function rowsOfBase(base: number, { model, vector }: Wanted) {
    return db.read('ai_replies_vectors').where({ base, model, dimensions: vector.length });
  }

  function ask(question: Extract<ThreadOrder, { kind: 'kept' | 'page' }>): Promise<Nearest[]> {
    const { promise, resolve, reject } = Promise.withResolvers<Nearest[]>();
    const id = ++latest;
    asked.set(id, { resolve, reject });
    post({ ...question, id });
    return promise;
  }

  function post(order: ThreadOrder): void {
    worker ??= start();
    const moved = 'vectors' in order ? [order.vectors.buffer as ArrayBuffer] : [];
    worker.postMessage(order, moved);
  }

  function start(): Worker {
    // What is kept, and what replaces it, lies outside of the heap.
    const outsideMb = 2 * config.knowledge.vectorCacheMb + WORKING_MB;
    const started = startThread(WORKER, { limits: { heapMb: WORKING_MB, outsideMb } });
    started.unref();
    started.on('message', ({ id, found }: ThreadReply) => {
      asked.get(id)?.resolve(found);
      asked.delete(id);
    });
    const end = (): void => {
      if (worker === started) worker = null;
      generation++;
      kept.clear();
      for (const one of asked.values()) one.reject(new Error('The thread that compares vectors has ended'));
      asked.clear();
    };
    started.once('error', end).once('exit', end);
    return started;
  }
}

function questionOf({ vector, limit }: Wanted) {
  return { vector: new Float32Array(vector), limit, id: 0 };
}

function keyOf(base: number, { model, vector }: Wanted): string {
  return `${base} ${vector.length} ${model}`;
}

function pageOf(rows: readonly { chunk: number; vector: Buffer }[], dimensions: number, isPg: boolean) {
  const ids = Float64Array.from(rows, ({ chunk }) => Number(chunk));
  const vectors = new Float32Array(rows.length * dimensions);
  for (const [place, { vector }] of rows.entries()) {
    const bytes = new DataView(vector.buffer, vector.byteOffset, vector.byteLength);
    for (let at = 0; at < dimensions; at++)
      vectors[place * dimensions + at] = isPg
        ? bytes.getFloat32(LIST_HEAD + at * (NUMBER_HEAD + 4) + NUMBER_HEAD)
        : bytes.getFloat32(at * 4, true);
  }
  return { ids, vectors };
}
