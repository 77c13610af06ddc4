/**
 * `patchbay dev`: serves like `start`, and again whenever code or configuration changes: the platform's own, and the
 * folder of every plugin that the configuration names, wherever it lies.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, sep } from 'node:path';
import { type Watched, watchedFiles } from '../loading/watched.ts';

/** An editor writes several files, and each in several steps. */
const SETTLED_MS = 100;
/** A server that does not drain in time is killed: what it has promised is in the database. */
const STOP_LIMIT_MS = 2_000;
const IGNORED = new Set(['node_modules', '.git']);
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export async function dev(): Promise<void> {
  let server = serve();
  let watchers = watchAll(changed);
  let settling: NodeJS.Timeout | undefined;
  let restarting: Promise<void> | null = null;
  let isStale = false;

  await new Promise<void>((ended) => {
    for (const signal of SIGNALS) process.once(signal, ended);
    // The launcher holds this channel open for as long as it lives.
    process.once('disconnect', ended);
  });
  clearTimeout(settling);
  for (const watcher of watchers) watcher.close();
  await restarting;
  await stopped(server);
  process.exit(0);

  function changed(what: string): void {
    clearTimeout(settling);
    settling = setTimeout(() => {
      isStale = true;
      restarting ??= restart(what).finally(() => {
        restarting = null;
      });
    }, SETTLED_MS);
  }

  async function restart(what: string): Promise<void> {
    process.stdout.write(`\npatchbay dev: ${what} changed\n`);
    while (isStale) {
      isStale = false;
      await stopped(server);
      for (const watcher of watchers) watcher.close();
      // First, so that no change is missed while the server starts.
      watchers = watchAll(changed);
      server = serve();
    }
  }
}

function serve(): ChildProcess {
  const [, main = ''] = process.argv;
  const child = spawn(process.execPath, [...process.execArgv, main, 'start'], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  child.once('exit', (code) => {
    if (code) process.stdout.write('patchbay dev: it starts again when something has changed\n');
  });
  return child;
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exit;
  clearTimeout(limit);
}

function watchAll(changed: (what: string) => void): FSWatcher[] {
  const { folders, files, dataDir } = watchedFiles(process.env);
  return [...folders.map(folderWatcher), ...files.map(fileWatcher)];

  function folderWatcher(folder: string): FSWatcher {
    return quiet(
      watch(folder, { recursive: true }, (_event, name) => {
        if (name && isCode(folder, name, dataDir)) changed(`${basename(folder)}${sep}${name}`);
      }),
    );
  }

  /** By its folder: most editors put a new file in place of the old one. */
  function fileWatcher(file: string): FSWatcher {
    return quiet(
      watch(dirname(file), (_event, name) => {
        if (name === basename(file)) changed(name);
      }),
    );
  }
}

function isCode(folder: string, name: string, dataDir: Watched['dataDir']): boolean {
  if (dataDir !== null && `${folder}${sep}${name}${sep}`.startsWith(`${dataDir}${sep}`)) return false;
  return !name.split(sep).some((part) => IGNORED.has(part) || part.startsWith('.') || part.endsWith('~'));
}

/** A folder that goes away while it is watched is a change like any other; the next list does not name it. */
function quiet(watcher: FSWatcher): FSWatcher {
  return watcher.on('error', () => watcher.close());
}
