/** The folder of definitions: read at the start and whenever a file changes, for workflows that live in git. */
import { existsSync, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isAppError, messageOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import type { Definitions } from './definitions.ts';
import { definitionFiles } from './transfer.ts';

export interface WorkflowFolder {
  /** Publishes what has changed. A file that is wrong is logged, and the version before it stays. */
  sync(): Promise<{ published: number; wrong: number }>;
  begin(): Promise<void>;
  end(): void;
}

/** Editors write a file in several steps. */
const SETTLE_MS = 200;

export function createWorkflowFolder({
  log,
  workflowDefinitions,
  config,
  coreConfig,
}: Services & { workflowDefinitions: Definitions; config: WorkflowsConfig }): WorkflowFolder {
  const folder = config.folder === null ? null : resolve(coreConfig.configFolder, config.folder);
  let watcher: ReturnType<typeof watch> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let syncing: Promise<unknown> = Promise.resolve();
  /** What each file held when it could last be read. */
  const known = new Map<string, string>();
  return { sync, begin, end };

  /** One after another: an older state of the folder never overwrites a newer one. */
  function sync(): Promise<{ published: number; wrong: number }> {
    const next = syncing.then(syncNow, syncNow);
    syncing = next;
    return next;
  }

  async function syncNow() {
    const result = { published: 0, wrong: 0 };
    if (folder === null) return result;
    const files = await definitionFiles(folder);
    const gone = [...known.keys()].filter((file) => !files.includes(file));
    for (const file of files) {
      try {
        const source = await readFile(file, 'utf8');
        const { row } = await workflowDefinitions.publish('', source, { enabled: true, fromFolder: true }, null);
        known.set(file, `${row.namespace}/${row.name}`);
        result.published++;
      } catch (error) {
        result.wrong++;
        // The version before it stays.
        const errors = isAppError(error) ? error.extra.errors : undefined;
        log.error({ file, errors, reason: messageOf(error) }, 'A workflow of the folder is not valid');
      }
    }
    await switchOff(files, gone, result.wrong);
    return result;
  }

  /**
   * A file that is gone switches its workflow off; its executions and versions stay. While another file is wrong, nobody
   * knows which workflow that one is about: then only those are switched off whose file was seen before.
   */
  async function switchOff(files: readonly string[], gone: readonly string[], wrong: number): Promise<void> {
    const present = new Set(files.map((file) => known.get(file)));
    const left = new Set(gone.map((file) => known.get(file)));
    for (const row of await workflowDefinitions.list('')) {
      const name = `${row.namespace}/${row.name}`;
      if (!row.from_folder || !row.enabled || present.has(name) || (wrong > 0 && !left.has(name))) continue;
      await workflowDefinitions
        .change('', row.namespace, row.name, { enabled: false })
        .catch((error) =>
          log.error({ err: error, workflow: name }, 'A workflow without a file could not be switched off'),
        );
    }
    for (const file of gone) known.delete(file);
  }

  async function begin(): Promise<void> {
    if (folder === null) return;
    await sync();
    if (!existsSync(folder)) return;
    try {
      watcher = watch(folder, { recursive: true }, () => {
        clearTimeout(timer);
        timer = setTimeout(
          () => void sync().catch((error) => log.error({ err: error }, 'The folder could not be read')),
          SETTLE_MS,
        );
        timer.unref();
      });
      watcher.unref();
    } catch (error) {
      log.warn(
        { folder, reason: messageOf(error) },
        'The folder of workflows is not watched; changes are read at the next start',
      );
    }
  }

  function end(): void {
    clearTimeout(timer);
    watcher?.close();
  }
}
