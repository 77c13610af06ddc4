/** What lies in a folder; nothing when there is no such folder. */
import { readdir } from 'node:fs/promises';
import { codeOf } from './errors.ts';

export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
