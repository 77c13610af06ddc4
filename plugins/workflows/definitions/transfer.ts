/** Definitions in bulk: out to files and back in, for backups, for git, and from one platform to another. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, type Progress } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import { workflowErrors } from '../errors.ts';
import type { Definitions, Publication } from './definitions.ts';

export interface TransferredWorkflow {
  namespace: string;
  name: string;
  version: string;
}

export interface WorkflowTransfer {
  /** The active definitions as they were given, one YAML document after another, by namespace and name. */
  exported(tenantId: string, progress?: Progress): Promise<string>;
  /** The same as files `namespace/name.yaml`; gives their paths. */
  exportTo(folder: string, tenantId: string): Promise<string[]>;
  /**
   * Publishes them all. Throws `invalid_definition` before the first is published when one of them is wrong; its
   * `errors` have `document`, counted from 0.
   */
  imported(
    tenantId: string,
    documents: readonly string[],
    wish: Publication,
    publisher: Principal | null,
    progress?: Progress,
  ): Promise<TransferredWorkflow[]>;
}

/** Nobody reads more. */
const MOST_ERRORS = 100;

export function createWorkflowTransfer({
  workflowDefinitions,
}: Services & { workflowDefinitions: Definitions }): WorkflowTransfer {
  return { exported, exportTo, imported };

  async function sources(tenantId: string, progress?: Progress) {
    const rows = await workflowDefinitions.list(tenantId);
    const found = [];
    for (const { namespace, name, active_id } of rows) {
      if (active_id === null) continue;
      progress?.check();
      const { source } = await workflowDefinitions.get(tenantId, namespace, name);
      found.push({ namespace, name, source: source.endsWith('\n') ? source : `${source}\n` });
      progress?.report({ done: found.length, total: rows.length });
    }
    return found;
  }

  async function exported(tenantId: string, progress?: Progress): Promise<string> {
    return (await sources(tenantId, progress)).map(({ source }) => source).join('---\n');
  }

  async function exportTo(folder: string, tenantId: string): Promise<string[]> {
    const files = [];
    for (const { namespace, name, source } of await sources(tenantId)) {
      const file = join(folder, namespace, `${name}.yaml`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, source);
      files.push(file);
    }
    return files;
  }

  async function imported(
    tenantId: string,
    documents: readonly string[],
    wish: Publication,
    publisher: Principal | null,
    progress?: Progress,
  ) {
    const errors = [];
    for (const [document, source] of documents.entries()) {
      for (const error of await workflowDefinitions.check(source, tenantId)) errors.push({ document, ...error });
      if (errors.length >= MOST_ERRORS) break;
    }
    if (errors.length > 0) throw workflowErrors.invalid_definition({ extra: { errors } });
    const published = [];
    for (const source of documents) {
      progress?.check();
      const { row, version } = await workflowDefinitions.publish(tenantId, source, wish, publisher);
      published.push({ namespace: row.namespace, name: row.name, version });
      progress?.report({ done: published.length, total: documents.length });
    }
    return published;
  }
}

/**
 * The documents of a YAML stream, each as it was written. Nothing has to be parsed for that: a line that begins with one
 * of the markers is never part of a value (YAML 1.2.2 §9.1.4).
 */
export function documentsIn(text: string): string[] {
  return text.split(/^(?:---|\.\.\.)(?=\s|$)[ \t]*\r?\n?/m).filter((part) => CONTENT.test(part));
}

/** A line that is no comment, no directive and not empty. */
const CONTENT = /^(?![#%])[ \t]*[^\s#]/m;

/** Files of definitions in a folder and below it, by path; none when the folder is not there. */
export async function definitionFiles(folder: string): Promise<string[]> {
  try {
    const found = await readdir(folder, { recursive: true });
    return found
      .filter((file) => /\.(ya?ml|json)$/i.test(file))
      .sort()
      .map((file) => join(folder, file));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
