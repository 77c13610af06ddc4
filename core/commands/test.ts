/** `patchbay test`: the tests of plugins, by Node's own runner, on the platform that this command is of. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import { startPostgres } from '../testing/postgres.ts';

const REGISTER = new URL(`../../package/register${extname(import.meta.url)}`, import.meta.url).href;
const TESTS = '**/*.test.{ts,mts,js,mjs}';
/** What was built of the tests, and what others test. */
const LEFT_OUT = ['**/node_modules/**', '**/dist/**'];

/** Every test below a folder (default: the working one), on SQLite or with `pg` on PostgreSQL. */
export async function test(folder: string | undefined, { pg = false }: { pg?: boolean }): Promise<void> {
  const home = resolve(folder ?? '.');
  const files = globSync(TESTS, { cwd: home, exclude: LEFT_OUT }).sort();
  if (files.length === 0) throw new ConfigError(`There is no test in ${home}: they are called *.test.ts`);
  const server = pg && !process.env.PATCHBAY_TEST_PG_URL ? await startPostgres() : null;
  try {
    const url = server?.url ?? process.env.PATCHBAY_TEST_PG_URL;
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, ['--import', REGISTER, '--test', ...files.map((file) => join(home, file))], {
      cwd: home,
      stdio: 'inherit',
      env: { ...env, ...(pg && { PATCHBAY_TEST_DATABASE: 'pg', PATCHBAY_TEST_PG_URL: url }) },
    });
    const [code] = await once(child, 'exit');
    process.exitCode = code ?? 1;
  } finally {
    await server?.stop();
  }
}
