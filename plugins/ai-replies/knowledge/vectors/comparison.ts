/**
 * Compares vectors: in the database when it can (SQLite with `sqlite-vec`, PostgreSQL with `vector`), else in a thread. Large
 * bases are compared by the thread all the same once it has them, in less than half of the time.
 * The table is the same in each case, and needs none of them.
 */

import { messageOf, rowsOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../../config.ts';
import { createThreadComparison } from './thread-comparison.ts';
import type { Nearest, Wanted } from './types.ts';

export interface Comparison {
  nearest(wanted: Wanted): Promise<Nearest[]>;
  /** To be called when vectors of a base have changed. */
  changed(base: number): void;
  /** What compares: for the log and tests. */
  by(): Promise<'database' | 'thread'>;
  stop(): Promise<void>;
}

/** Told when vectors have changed, with the key of the base. */
const VECTORS_CHANGED = 'ai-replies.vectors';

export function createComparison(services: Services & { config: AiRepliesConfig }): Comparison {
  const { db, log, notices } = services;
  const isPg = db.client === 'pg';
  const thread = createThreadComparison(services);
  let canCompare: Promise<boolean> | null = null;
  notices.on(VECTORS_CHANGED, (base) => thread.invalidate(Number(base)));
  notices.onGap(() => thread.invalidate(null));

  return {
    async nearest(wanted) {
      if (!(await inDatabase())) return thread.nearest(wanted);
      const kept = thread.large(wanted);
      const others = wanted.bases.filter((base) => !kept.includes(base));
      const compare = isPg ? onPostgres : onSqlite;
      const found = await Promise.all([
        kept.length > 0 ? thread.nearest({ ...wanted, bases: kept }) : [],
        others.length > 0 ? compare({ ...wanted, bases: others }) : [],
      ]);
      return found
        .flat()
        .sort((one, other) => other.similarity - one.similarity)
        .slice(0, wanted.limit);
    },
    changed: (base) => notices.sendNow(VECTORS_CHANGED, base),
    by: async () => ((await inDatabase()) ? 'database' : 'thread'),
    stop: () => thread.stop(),
  };

  function inDatabase(): Promise<boolean> {
    canCompare ??= ask();
    return canCompare;
  }

  async function ask(): Promise<boolean> {
    try {
      await (isPg ? makeExtension() : db.read.raw('select vec_version()'));
      return true;
    } catch (error) {
      log.info({ reason: messageOf(error) }, 'the database compares no vectors; a thread does');
      return false;
    }
  }

  /** Its superuser may have to make it; then it is there from the next start on. */
  async function makeExtension(): Promise<void> {
    const offered = rowsOf(await db.read.raw(`select 1 from pg_available_extensions where name = 'vector'`));
    if (offered.length === 0) throw new Error('The server does not have the extension `vector`');
    await db.write.raw('create extension if not exists vector');
  }

  async function onSqlite({ bases, model, vector, limit }: Wanted): Promise<Nearest[]> {
    const rows: { chunk: number; distance: number }[] = await db.read.raw(
      `select chunk, vec_distance_cosine(vector, ?) as distance from ai_replies_vectors
       where base in (${bases.map(() => '?').join(', ')}) and model = ? and dimensions = ? order by distance limit ?`,
      [bytesOf(vector), ...bases, model, vector.length, limit],
    );
    return rows.map(({ chunk, distance }) => ({ chunk, similarity: 1 - distance }));
  }

  async function onPostgres({ bases, model, vector, limit }: Wanted): Promise<Nearest[]> {
    const rows = rowsOf<{ chunk: number; distance: number }>(
      await db.read.raw(
        `select chunk, vector::vector <=> ?::vector as distance from ai_replies_vectors
         where base = any(?) and model = ? and dimensions = ? order by distance limit ?`,
        [`[${vector.join(',')}]`, [...bases], model, vector.length, limit],
      ),
    );
    return rows.map(({ chunk, distance }) => ({ chunk: Number(chunk), similarity: 1 - distance }));
  }
}

/** As it is kept on SQLite. */
export function bytesOf(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}
