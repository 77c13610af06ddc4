/** The folder of definitions: read at the start and whenever a file changes, for workflows that live in git. */
import { existsSync, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isAppError, messageOf } from '#core/errors.ts';
import type { Services } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
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
}: Services & { config: WorkflowsConfig }): WorkflowFolder {
  const folder = config.folder === null ? null : resolve(coreConfig.configFolder, config.folder);
  let watcher: ReturnType<typeof watch> | null = null;
  let timer: NodeJS.Timeout | undefined;
  return { sync, begin, end };

  async function sync() {
    const result = { published: 0, wrong: 0 };
    if (folder === null) return result;
    const present = new Set<string>();
    for (const file of await definitionFiles(folder)) {
      try {
        const source = await readFile(file, 'utf8');
        const { row } = await workflowDefinitions.publish('', source, { enabled: true, fromFolder: true }, null);
        present.add(`${row.namespace}/${row.name}`);
        result.published++;
      } catch (error) {
        result.wrong++;
        const errors = isAppError(error) ? error.extra.errors : undefined;
        log.error({ file, errors, reason: messageOf(error) }, 'A workflow of the folder is not valid');
      }
    }
    // A file that is gone switches its workflow off; its executions and versions stay.
    if (result.wrong === 0) {
      for (const row of await workflowDefinitions.list('')) {
        if (!row.from_folder || !row.enabled || present.has(`${row.namespace}/${row.name}`)) continue;
        await workflowDefinitions.setEnabled('', row.namespace, row.name, false);
      }
    }
    return result;
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
