/**
 * What is left over in a bucket: objects whose rows were deleted, which go an hour later, and those that were stored and never
 * committed, which are found by its list and go after a day. Nothing is deleted in a bucket that is not known to be ours.
 */
import { randomUUID } from 'node:crypto';
import { type Clock, timeWindow } from '../clock.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Database } from './database.ts';

/** An object that a row pointed to. Table `core_released_objects`. */
export interface ReleasedObjectRow {
  id: number;
  file: string;
  released_at: number;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    core_released_objects: ReleasedObjectRow;
  }
}

export interface ObjectSweep {
  /** Makes sure that the bucket is this installation's. Throws a ConfigError when it is not, `unavailable` when it is silent. */
  claim(): Promise<void>;
  /** Throws what `claim` throws. */
  health(): Promise<{ ok: boolean; detail: Record<string, unknown> }>;
  /** Deletes objects whose rows went an hour ago; gives how many. */
  released(): Promise<number>;
  /** Deletes objects that no row points to. Looks at all of them. */
  orphans(): Promise<number>;
}

/** In `core_installation`; it is in no backup (core/backup/snapshot.ts), so what is restored is another one. */
export const BYTES_OWNER = 'bytes_owner';
const KEPT_MS = 60 * 60_000;
/** The service's clock is not ours: what was stored a moment ago must not seem old by the one that is wrong. */
const ORPHAN_AGE_MS = 24 * KEPT_MS;
const ASKED_AGAIN_MS = 5_000;
const STEP = 500;
/** Deleted side by side. */
const AT_ONCE = 8;

type Parts = { db: Database; clock: Clock; store: ObjectStore };

export function createObjectSweep({ db, clock, store }: Parts): ObjectSweep {
  let isOurs = false;

  /** When it last answered. Strangers may ask whether it does. */
  let answeredAt = Number.NEGATIVE_INFINITY;

  return { claim, health, released, orphans };

  async function health(): Promise<{ ok: boolean; detail: Record<string, unknown> }> {
    const isRecent = Math.abs(clock.elapsed() - answeredAt) < ASKED_AGAIN_MS;
    if (!isRecent) {
      await store.ping();
      answeredAt = clock.elapsed();
      await claim();
    }
    const waiting = await db.read('core_released_objects').count({ count: '*' }).first();
    return { ok: true, detail: { bucket: store.label, takes_new: store.takesNew, to_delete: Number(waiting?.count) } };
  }

  async function claim(): Promise<void> {
    if (isOurs) return;
    await store.claim(await ownName());
    isOurs = true;
  }

  async function ownName(): Promise<string> {
    const row = { name: BYTES_OWNER, value: randomUUID() };
    await db.write('core_installation').insert(row).onConflict('name').ignore();
    const found = await db.write('core_installation').where({ name: BYTES_OWNER }).first();
    return found?.value ?? row.value;
  }

  async function released(): Promise<number> {
    await claim();
    for (let gone = 0; ; ) {
      const rows = await db
        .write('core_released_objects')
        .whereNotBetween('released_at', timeWindow(clock.now(), KEPT_MS))
        .orderBy('id')
        .limit(STEP);
      if (rows.length === 0) return gone;
      await removeAll(rows.map(({ file }) => file));
      await db
        .write('core_released_objects')
        .whereIn(
          'id',
          rows.map(({ id }) => id),
        )
        .delete();
      gone += rows.length;
    }
  }

  async function orphans(): Promise<number> {
    await claim();
    let gone = 0;
    for await (const page of store.pages()) {
      const old = page.filter(({ written_at }) => clock.now() - written_at >= ORPHAN_AGE_MS).map(({ name }) => name);
      for (let start = 0; start < old.length; start += STEP)
        gone += await removeOrphans(old.slice(start, start + STEP));
    }
    return gone;
  }

  /** No two objects share a name, so one that nobody points to stays so. */
  async function removeOrphans(names: readonly string[]): Promise<number> {
    const held = await db.write('core_blobs').whereIn('file', names).select('file');
    const leaving = await db.write('core_released_objects').whereIn('file', names).select('file');
    const kept = new Set([...held, ...leaving].map(({ file }) => file));
    const nobodys = names.filter((name) => !kept.has(name));
    await removeAll(nobodys);
    return nobodys.length;
  }

  async function removeAll(names: readonly string[]): Promise<void> {
    for (let start = 0; start < names.length; start += AT_ONCE) {
      await Promise.all(names.slice(start, start + AT_ONCE).map((name) => store.remove(name)));
    }
  }
}
