/** A folder of this machine, read as places away from it are. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { type StoredFile, type Target, TargetError } from './stored-files.ts';

export function folderSource(folder: string): Pick<Target, 'label' | 'list' | 'open'> {
  return {
    label: folder,
    async list() {
      const names = await readdir(folder).catch((error) => {
        throw new TargetError(`${folder} cannot be read: ${messageOf(error)}`, { cause: error });
      });
      const found = await Promise.all(names.map(sizeOf));
      return found.filter((one) => one !== null);
    },
    async open(name) {
      if (!(await sizeOf(name))) throw new TargetError(`There is no ${name} in ${folder}`);
      return createReadStream(join(folder, name));
    },
  };

  async function sizeOf(name: string): Promise<StoredFile | null> {
    const found = await stat(join(folder, name)).catch(() => null);
    return found?.isFile() ? { name, size_bytes: found.size } : null;
  }
}
