/** `npm run test:watch`: after each change the tests that stand on what changed, on SQLite unless `--pg` says otherwise. */
import { existsSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './plan.ts';

const ROOMS = ['config', 'core', 'docs', 'my-plugins', 'plugins', 'scripts', 'test'];
/** An editor writes a file in several steps, and a checkout writes many files. */
const QUIET_MS = 300;

/** Calls `run` with the files of each change, one change after the other; never returns. */
export async function watchRooms(run: (files: string[]) => Promise<void>): Promise<never> {
  const changed = new Set<string>();
  let wake = (): void => {};
  for (const room of ROOMS.filter((one) => existsSync(join(ROOT, one)))) {
    watch(join(ROOT, room), { recursive: true }, (_event, name) => {
      if (!name || basename(name).startsWith('.') || name.endsWith('~')) return;
      changed.add(`${room}/${name}`);
      wake();
    });
  }
  const next = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  console.log(`Watching ${ROOMS.join(', ')}`);
  for (;;) {
    while (changed.size === 0) await next();
    const before = changed.size;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    if (changed.size > before) continue;
    const files = [...changed].sort();
    changed.clear();
    await run(files);
  }
}
