/** Files that are made once: whole or not there, and the same one for all who make it at the same moment. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from './errors.ts';

/**
 * The text of the file. Where there is none, `text` is written beside, synced, and linked to the name, which fails for
 * all but the first; so what is read afterwards is the same for everybody, and survives a crash.
 */
export function writtenOnce(file: string, text: string, mode: number): string {
  const temporary = `${file}.${randomUUID()}`;
  const handle = openSync(temporary, 'wx', mode);
  try {
    writeSync(handle, text);
    fchmodSync(handle, mode);
    fsyncSync(handle);
    closeSync(handle);
    place(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
  return readFileSync(file, 'utf8');
}

function place(temporary: string, file: string): void {
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    // A file system without links: the copy is not atomic, but the first one stays here too.
    copyUnlessThere(temporary, file);
  }
  syncFolder(dirname(file));
}

function copyUnlessThere(temporary: string, file: string): void {
  try {
    copyFileSync(temporary, file, constants.COPYFILE_EXCL);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/** The name of a file is durable with its folder. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
