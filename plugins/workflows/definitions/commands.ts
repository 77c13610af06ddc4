/** `patchbay workflows:export` and `workflows:import`: the platform's definitions as files. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isAppError } from '#core/kit.ts';
import { AppError, type Command } from '#core/plugin.ts';
import type { DefinitionsScope } from './services.ts';
import { definitionFiles, documentsIn } from './transfer.ts';

const TENANT = { flags: '--tenant <id>', description: 'Of this tenant instead of the platform', default: '' };

export const workflowsExport: Command = {
  name: 'workflows:export',
  summary: 'Write the active workflows as files: folder/namespace/name.yaml',
  besideServer: true,
  arguments: [{ flags: '<folder>', description: 'Where to' }, TENANT],
  async run(args, { workflowTransfer }: DefinitionsScope) {
    const files = await workflowTransfer.exportTo(resolve(String(args.folder)), String(args.tenant));
    process.stdout.write(`Wrote ${files.length} workflows.\n`);
  },
};

export const workflowsImport: Command = {
  name: 'workflows:import',
  summary: 'Publish the workflows of a folder; nothing when one of them is wrong',
  arguments: [{ flags: '<folder>', description: 'Where from' }, TENANT],
  async run(args, { workflowTransfer }: DefinitionsScope) {
    const folder = resolve(String(args.folder));
    const documents: { file: string; source: string }[] = [];
    for (const file of await definitionFiles(folder)) {
      for (const source of documentsIn(await readFile(file, 'utf8'))) documents.push({ file, source });
    }
    if (documents.length === 0) {
      throw new AppError('no_definitions', `There is no .yaml or .json file in ${folder}`, { status: 400 });
    }
    const sources = documents.map(({ source }) => source);
    try {
      const published = await workflowTransfer.imported(String(args.tenant), sources, {}, null);
      for (const { namespace, name, version } of published) process.stdout.write(`${namespace}/${name} ${version}\n`);
      process.stdout.write(`Published ${published.length} workflows.\n`);
    } catch (error) {
      if (!isAppError(error) || !Array.isArray(error.extra.errors)) throw error;
      const lines = error.extra.errors.map(
        ({ document, line, column, message }) => `${documents[document]?.file}:${line}:${column} ${message}`,
      );
      throw new AppError(error.code, `Nothing was published:\n${lines.join('\n')}`, { status: error.status });
    }
  },
};
