/**
 * Errors that nobody waited for: a rejected promise without a handler, an exception outside of any request or job. One forgotten
 * `await` in a plugin must not take everybody's server down without a word: both are logged with the plugin whose folder stands
 * in the stack, and counted. After a rejection the server goes on; after an exception, which may have left anything half done
 * (nodejs.org/api/process.html, "uncaughtException"), it drains as at SIGTERM and ends with exit code 1.
 */
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface StrayErrorOptions {
  log: Logger;
  metrics: Metrics;
  /** The folders of plugins by their names. */
  folders: ReadonlyMap<string, string>;
  /** Called once, after the first uncaught exception. */
  end(): void;
}

/** Listens to both for as long as the process lives; gives what stops it. */
export function catchStrayErrors({ log, metrics, folders, end }: StrayErrorOptions): () => void {
  const counted = metrics.counter('patchbay_stray_errors_total', 'Errors that nobody waited for', ['plugin', 'kind']);
  const told = (kind: 'rejection' | 'exception', thrown: unknown, sentence: string): void => {
    const plugin = pluginInStack(thrown, folders);
    counted.inc({ plugin: plugin ?? '', kind });
    const whose = plugin === null ? '' : ` of the plugin '${plugin}'`;
    log.error({ err: thrown, ...(plugin !== null && { plugin }) }, `${sentence}${whose}`);
  };
  const rejected = (thrown: unknown): void =>
    told('rejection', thrown, 'A promise that nobody waits for was rejected:');
  const threw = (thrown: unknown): void => {
    told('exception', thrown, 'The server stops after an exception outside of any request:');
    end();
  };
  process.on('unhandledRejection', rejected);
  process.on('uncaughtException', threw);
  return () => {
    process.off('unhandledRejection', rejected);
    process.off('uncaughtException', threw);
  };
}

/** The plugin whose code stands nearest to the top of the stack; null when none does. */
export function pluginInStack(thrown: unknown, folders: ReadonlyMap<string, string>): string | null {
  const stack = thrown instanceof Error ? String(thrown.stack ?? '') : '';
  for (const line of stack.split('\n')) {
    const file = fileOf(line);
    if (file === null) continue;
    const found = [...folders].find(([, folder]) => file.startsWith(`${folder}${sep}`));
    if (found) return found[0];
  }
  return null;
}

/** `at handler (file:///x/index.ts:3:5)`, or a path in its place. */
function fileOf(line: string): string | null {
  const place = /(?:\(|at |async )((?:file:\/\/)?\/[^()]*?):\d+:\d+\)?$/.exec(line.trim())?.[1];
  if (place === undefined) return null;
  return place.startsWith('file://') ? fileURLToPath(place) : place;
}
