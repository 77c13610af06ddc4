/** "Try it from your program": the first call that a page shows, run by a shell, as who copies it does. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';

const run = promisify(execFile);

/** What the server answered, as it came. */
export async function runAsShown(shownIn: Locator, env: Record<string, string> = {}): Promise<string> {
  const call = await shownIn.locator('pre').filter({ hasText: 'curl' }).first().innerText();
  const { stdout } = await run('sh', ['-c', call], { env: { PATH: process.env.PATH, ...env } });
  return stdout;
}
