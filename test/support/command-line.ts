/** Runs `patchbay` as a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const MAIN = join(ROOT, 'core', 'main.ts');

export interface Result {
  code: number;
  out: string;
  err: string;
}

/** What the launcher gives to every process (scripts/setup.mjs): without it each would compile the whole platform anew. */
export const CACHE = { NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'patchbay') };

/** The environment is `env` alone, so that nothing of the machine gets in. */
export function patchbay(args: string[], env: NodeJS.ProcessEnv = {}, cwd = ROOT): Promise<Result> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { cwd, env: { PATH: process.env.PATH, ...CACHE, ...env }, timeout: 60_000, maxBuffer: 32 * 1024 * 1024 },
      (error, out, err) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err });
      },
    );
  });
}
