/**
 * What is left over in a bucket: objects whose rows were deleted, which go an hour later, and those that were stored and never
 * committed, which are found by its list and go after a day. Nothing is deleted in a bucket that is not known to be ours.
 */
import { randomUUID } from 'node:crypto';
import { type Clock, timeWindow } from '../clock.ts';
import { ConfigError, coreErrors } from '../errors.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Database } from './database.ts';

/** An object that a row pointed to. Table `core_released_objects`. */
export interface ReleasedObjectRow {
  id: number;
  file: string;
  released_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_released_objects: ReleasedObjectRow;
    }
  }
}

export interface ObjectSweep {
  /** Asks whether the bucket is this installation's. Throws a ConfigError when it is not, `unavailable` when it is silent. */
  claim(): Promise<void>;
  /** Before something is stored: its owner would delete it a day later. Asks once. Throws `unavailable`. */
  mustBeOurs(): Promise<void>;
  /** Throws what `claim` throws. */
  health(): Promise<{ ok: boolean; detail: Record<string, unknown> }>;
  /** Deletes objects whose rows went an hour ago; gives how many. */
  released(): Promise<number>;
  /** Deletes objects that no row points to. Looks at all of them. */
  orphans(): Promise<number>;
}

/** In `core_installation`; it is in no backup (core/backup/snapshot.ts), so what is restored is another one. */
export const BYTES_OWNER = 'bytes_owner';
/** What a blob is called. Whatever else lies there is somebody else's. */
const NAME = /^[0-9a-f]{48}-[0-9a-f]{8}$/;
const KEPT_MS = 60 * 60_000;
/** By the service's clock alone: by ours, which may be a day ahead, what was stored a moment ago would seem old. */
const ORPHAN_AGE_MS = 24 * KEPT_MS;
const ASKED_AGAIN_MS = 5_000;
const STEP = 500;
/** Deleted side by side. */
const AT_ONCE = 8;

type Parts = { db: Database; clock: Clock; store: ObjectStore };

export function createObjectSweep({ db, clock, store }: Parts): ObjectSweep {
  let isOurs = false;
  let own: string | null = null;

  /** When it last answered. Strangers may ask whether it does. */
  let answeredAt = Number.NEGATIVE_INFINITY;

  return { claim, mustBeOurs, health, released, orphans };

  async function health(): Promise<{ ok: boolean; detail: Record<string, unknown> }> {
    const isRecent = Math.abs(clock.elapsed() - answeredAt) < ASKED_AGAIN_MS;
    if (!isRecent) {
      const owner = await store.ping();
      if (!isOurs || owner !== (await ownName())) await claim();
      answeredAt = clock.elapsed();
    }
    const waiting = await db.read('core_released_objects').count({ count: '*' }).first();
    return { ok: true, detail: { bucket: store.label, takes_new: store.takesNew, to_delete: Number(waiting?.count) } };
  }

  async function claim(): Promise<void> {
    try {
      await store.claim(await ownName());
      isOurs = true;
    } catch (error) {
      // Who is silent has not changed hands.
      if (error instanceof ConfigError) isOurs = false;
      throw error;
    }
  }

  async function mustBeOurs(): Promise<void> {
    if (isOurs) return;
    try {
      await claim();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const message = 'The store of files is not set up; nothing was lost. Its administrator is told by /health/ready';
      throw coreErrors.unavailable({ message, cause: error });
    }
  }

  async function ownName(): Promise<string> {
    if (own !== null) return own;
    const row = { name: BYTES_OWNER, value: randomUUID() };
    await db.write('core_installation').insert(row).onConflict('name').ignore();
    const found = await db.write('core_installation').where({ name: BYTES_OWNER }).first();
    own = found?.value ?? row.value;
    return own;
  }

  /** One that cannot be deleted holds up no other. */
  async function released(): Promise<number> {
    await claim();
    let gone = 0;
    let refusal: unknown = null;
    for (let after = 0; ; ) {
      const rows = await db
        .write('core_released_objects')
        .whereNotBetween('released_at', timeWindow(clock.now(), KEPT_MS))
        .where('id', '>', after)
        .orderBy('id')
        .limit(STEP);
      const last = rows.at(-1);
      if (!last) break;
      after = last.id;
      const names = rows.map(({ file }) => file);
      const held = await heldOf(names);
      const removal = await removeAll(names.filter((name) => !held.has(name)));
      const done = new Set([...held, ...removal.removed]);
      const ids = rows.flatMap(({ id, file }) => (done.has(file) ? [id] : []));
      await db.write('core_released_objects').whereIn('id', ids).delete();
      gone += removal.removed.length;
      refusal ??= removal.refusal;
      if (done.size === 0) break;
    }
    if (refusal !== null) throw refusal;
    return gone;
  }

  async function orphans(): Promise<number> {
    await claim();
    let gone = 0;
    for await (const page of store.pages()) {
      const old = page.filter(({ name, age_ms }) => NAME.test(name) && age_ms >= ORPHAN_AGE_MS).map(({ name }) => name);
      for (let start = 0; start < old.length; start += STEP)
        gone += await removeOrphans(old.slice(start, start + STEP));
    }
    return gone;
  }

  /** No two objects share a name, so one that nobody points to stays so. */
  async function removeOrphans(names: readonly string[]): Promise<number> {
    const held = await heldOf(names);
    const leaving = await db.write('core_released_objects').whereIn('file', names).select('file');
    const kept = new Set([...held, ...leaving.map(({ file }) => file)]);
    const { removed, refusal } = await removeAll(names.filter((name) => !kept.has(name)));
    if (refusal !== null) throw refusal;
    return removed.length;
  }

  /** Those that rows point to. */
  async function heldOf(names: readonly string[]): Promise<Set<string>> {
    const rows = await db.write('core_blobs').whereIn('file', names).select('file');
    return new Set(rows.flatMap(({ file }) => (file === null ? [] : [file])));
  }

  /** Ends where all that are asked for at once are refused: then the bucket is, and not one of them. */
  async function removeAll(names: readonly string[]): Promise<{ removed: string[]; refusal: unknown }> {
    const removed: string[] = [];
    let refusal: unknown = null;
    for (let start = 0; start < names.length; start += AT_ONCE) {
      const some = names.slice(start, start + AT_ONCE);
      const before = removed.length;
      for (const [index, result] of (await Promise.allSettled(some.map((name) => store.remove(name)))).entries()) {
        if (result.status === 'fulfilled') removed.push(some[index] ?? '');
        else refusal ??= result.reason;
      }
      if (removed.length === before) break;
    }
    return { removed, refusal };
  }
}
