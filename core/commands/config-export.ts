/** `patchbay config:export`: what is set in the pages, as the YAML file that would stand for it. */
import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { isTree, type Tree } from '../config/tree.ts';
import { setAt, settingsOf } from '../configuration.ts';
import { ConfigError, codeOf } from '../errors.ts';
import { isSecretName } from '../security/masked.ts';
import { withPlatform } from './with-platform.ts';

export async function configExport(options: { output?: string; withSecrets?: boolean }): Promise<void> {
  await withPlatform('read', async ({ settings, configuration }) => {
    const known = new Map(settingsOf(configuration).map((setting) => [setting.name, setting.path]));
    const tree: Tree = {};
    const shown = (value: unknown, path: readonly string[]): unknown =>
      options.withSecrets ? escaped(value) : withNames(value, path);
    for (const [area, { values }] of settings.stored()) {
      for (const [name, value] of Object.entries(values)) {
        const path = known.get(name);
        if (path) setAt(tree, path, shown(value, path));
        else process.stderr.write(`patchbay: ${name} (${area}) belongs to a plugin that is off, and is left out\n`);
      }
    }
    const text = Object.keys(tree).length === 0 ? '# Nothing is set in the pages.\n' : stringify(tree);
    if (options.output === undefined) process.stdout.write(text);
    else writeNew(options.output, text);
  });
}

/** Secrets as variables of the environment, which the file reads: `${MAILER_SMTP_PASSWORD}`. */
function withNames(value: unknown, path: readonly string[]): unknown {
  const name = path.at(-1) ?? '';
  if (typeof value === 'string' && value !== '' && isSecretName(name)) return `\${${variableOf(path)}}`;
  if (!isTree(value)) return escaped(value);
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, withNames(below, [...path, key])]));
}

/** What reads like a variable of the environment and is none, as the configuration reads it. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\$\{(\w+)\}/g, (all) => `$${all}`);
  if (Array.isArray(value)) return value.map(escaped);
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, escaped(below)]));
}

function variableOf(path: readonly string[]): string {
  return path
    .join('_')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/\W+/g, '_')
    .toUpperCase();
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new ConfigError(`${file} exists already; it is not overwritten`);
    throw error;
  }
  process.stdout.write(`Wrote ${file}\n`);
}
