/** A file system in memory, as far as isomorphic-git uses one. */

interface Stat {
  size: number;
  mode: number;
  mtimeMs: number;
  ctimeMs: number;
  ino: number;
  uid: number;
  gid: number;
  dev: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

const MISSING = 'ENOENT';

export function memoryFolder() {
  const files = new Map<string, Uint8Array>();
  const folders = new Set<string>(['/']);

  const stat = async (path: string): Promise<Stat> => {
    const content = files.get(path);
    if (content === undefined && !folders.has(path)) throw missing(path);
    return {
      size: content?.length ?? 0,
      mode: 0o644,
      mtimeMs: 0,
      ctimeMs: 0,
      ino: 0,
      uid: 0,
      gid: 0,
      dev: 0,
      isFile: () => content !== undefined,
      isDirectory: () => content === undefined,
      isSymbolicLink: () => false,
    };
  };
  const refuse = async (path: string): Promise<never> => {
    throw missing(path);
  };
  return {
    promises: {
      async readFile(path: string, options?: { encoding?: string } | string): Promise<Uint8Array | string> {
        const content = files.get(path);
        if (content === undefined) throw missing(path);
        const encoding = typeof options === 'string' ? options : options?.encoding;
        return encoding ? Buffer.from(content).toString('utf8') : content;
      },
      async writeFile(path: string, content: Uint8Array | string): Promise<void> {
        files.set(path, typeof content === 'string' ? Buffer.from(content, 'utf8') : content);
      },
      async unlink(path: string): Promise<void> {
        if (!files.delete(path)) throw missing(path);
      },
      async readdir(path: string): Promise<string[]> {
        if (!folders.has(path)) throw missing(path);
        const begin = path === '/' ? path : `${path}/`;
        const names = [...files.keys(), ...folders].filter((one) => one.startsWith(begin) && one !== begin);
        return [...new Set(names.map((one) => one.slice(begin.length).split('/')[0] ?? ''))];
      },
      async mkdir(path: string): Promise<void> {
        folders.add(path);
      },
      async rmdir(path: string): Promise<void> {
        folders.delete(path);
      },
      stat,
      lstat: stat,
      readlink: refuse,
      symlink: refuse,
    },
  };
}

function missing(path: string): Error {
  return Object.assign(new Error(`${MISSING}: ${path}`), { code: MISSING });
}
