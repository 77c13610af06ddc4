/** Segments whose disk is full, or whose file was taken away: nothing is lost, and nothing is left lying about. */
import assert from 'node:assert/strict';
import { type FileHandle, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '#core/clock.ts';
import { createSegments, type Segments } from '#core/database/segments.ts';

const SIZE = 10_000;

describe('a segment', () => {
  let root: string;
  let segments: Segments;
  let restore = (): void => {};
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'patchbay-segments-'));
    segments = createSegments({ root, clock: manualClock(Date.UTC(2026, 0, 1)) });
  });
  afterEach(async () => {
    restore();
    await segments.close();
    await rm(root, { recursive: true });
  });

  const append = (letter: string) => segments.append([Buffer.alloc(SIZE, letter)], SIZE);
  const names = () => readdir(segments.folder);
  const bytesOnDisk = async () => {
    const sizes = (await names()).map(async (name) => (await stat(join(segments.folder, name))).size);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  };
  /** What a disk does that is full but for these bytes, or fails. */
  const fill = async (room: number, code = 'ENOSPC') => {
    const handle = await open(root, 'r');
    const prototype = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const { writev } = prototype;
    prototype.writev = async function (this: FileHandle, buffers: any, position?: number) {
      if (room > 0) return writev.call(this, [Buffer.concat(buffers).subarray(0, room)], position);
      throw Object.assign(new Error('The disk does not write'), { code });
    } as typeof writev;
    restore = () => {
      prototype.writev = writev;
    };
  };

  it('keeps nothing of what a full disk took a part of, and makes no file for each mail that it refuses', async () => {
    const before = await append('a');
    for (const room of [4_000, 0, 4_000]) {
      await fill(room);
      for (let tries = 0; tries < 5; tries++) await assert.rejects(append('b'), { code: 'ENOSPC' });
      restore();
    }
    assert.equal(await bytesOnDisk(), SIZE, 'the database needs the room that is left');
    assert.equal((await names()).length, 1);
    const after = await append('c');
    assert.deepEqual(await segments.read(before), Buffer.alloc(SIZE, 'a'));
    assert.deepEqual(await segments.read(after), Buffer.alloc(SIZE, 'c'));
  });

  it('that fails is put away', async () => {
    const before = await append('a');
    await fill(0, 'EIO');
    await assert.rejects(append('b'), { code: 'EIO' });
    restore();
    assert.notEqual((await append('c')).segment, before.segment);
    assert.deepEqual(await segments.read(before), Buffer.alloc(SIZE, 'a'));
  });

  it('that somebody has deleted takes no more mail', async () => {
    const refused = await append('a');
    // Nothing points to it: to a replica whose clock is hours ahead it is left over.
    await rm(join(segments.folder, refused.segment));
    const all = await Promise.all(['b', 'c'].map(append));
    for (const [index, placed] of all.entries()) {
      assert.notEqual(placed.segment, refused.segment);
      assert.deepEqual(await segments.read(placed), Buffer.alloc(SIZE, 'bc'[index]));
    }
  });
});
