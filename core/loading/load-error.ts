/** Why a module could not be loaded: the sentence, what to do, and file and line, which Node does not always say. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOf, messageOf } from '../errors.ts';
import { OldNameError } from './old-name.ts';

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])(?<specifier>[^'"\n]+)\1/g;
const NOT_FOUND = /^Cannot find (?:module|package) '(?<wanted>[^']+)' imported from (?<file>.+)$/;
const IMPORTED_FROM = /imported from (?<file>\/\S+)$/;
/** Rooms of the checkout, which only the built-in plugins know by these names. */
const INNER_NAME = /^Package import specifier "(?<wanted>#(?:core|package|plugins|test)\/[^"]+)" is not defined/;
/** Frames from here on are those of whoever imports. */
const OURS = /\n.*\/core\/loading\//;
/** How many of the files that were loaded last are asked for a mistake in their syntax. */
const SUSPECTS = 20;

/** `resolved` are the modules that were asked for, in order: the last ones are the suspects of an error without a place. */
export function explainLoadError(error: unknown, entry: string, resolved: readonly string[]): string {
  const { sentence, place } = oldName(error) ??
    missingImport(error) ??
    withoutTypes(error) ?? { sentence: messageOf(error), place: null };
  const found = place ?? placeOf(error) ?? placeOfSyntaxError(error, [entry, ...resolved]);
  return `${sentence}${typeHint(error)} (${found ?? `in ${fileURLToPath(entry)}, or in a file that it imports`})`;
}

interface Explained {
  sentence: string;
  place: string | null;
}

function oldName(error: unknown): Explained | null {
  if (!(error instanceof OldNameError)) return null;
  const { sentence, wanted, importer } = error;
  return { sentence, place: importer && lineOf(importer, wanted) };
}

/** Node names the file that imports, not the line. */
function missingImport(error: unknown): Explained | null {
  const [message = ''] = messageOf(error).split('\n');
  const { wanted, file } = NOT_FOUND.exec(message)?.groups ?? {};
  if (wanted === undefined || file === undefined) {
    const importer = IMPORTED_FROM.exec(message)?.groups?.file;
    const directory = /'(\/[^']+)'/.exec(message)?.[1];
    if (importer === undefined) return null;
    const inner = INNER_NAME.exec(message)?.groups?.wanted;
    if (inner === undefined) return { sentence: message, place: lineOf(importer, directory ?? '') };
    return {
      sentence: `'${inner}' is not for plugins; import 'patchbay-platform/plugin' or 'patchbay-platform/kit'`,
      place: lineOf(importer, inner),
    };
  }
  return { sentence: message.replace(` imported from ${file}`, hint(wanted, file)), place: lineOf(file, wanted) };
}

function hint(wanted: string, file: string): string {
  if (!wanted.startsWith('/')) return `; install it: npm install ${wanted} (in ${dirname(file)})`;
  const typescript = wanted.replace(/\.[cm]?js$/, '').concat('.ts');
  return existsSync(typescript) ? `; TypeScript runs as it is, so the import must end in .ts: ${typescript}` : '';
}

/** `file:line` of the import that leads to a path or a package; the file alone when it is spelt in some other way. */
function lineOf(file: string, wanted: string): string | null {
  if (!existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  for (const match of text.matchAll(IMPORT)) {
    const specifier = match.groups?.specifier ?? '';
    const isIt = specifier.startsWith('.') ? resolve(dirname(file), specifier) === wanted : isOf(specifier, wanted);
    if (isIt) return `${file}:${text.slice(0, match.index + match[0].length).split('\n').length}`;
  }
  return file;
}

function isOf(specifier: string, wanted: string): boolean {
  return specifier === wanted || specifier.startsWith(`${wanted}/`);
}

function withoutTypes(error: unknown): Explained | null {
  if (codeOf(error) !== 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING') return null;
  const file = /"([^"]+)"/.exec(messageOf(error))?.[1] ?? null;
  return {
    sentence:
      'Node runs no TypeScript below node_modules, so a package must hold JavaScript (docs/publishing-a-plugin.md); ' +
      'a folder elsewhere may hold TypeScript',
    place: file,
  };
}

/** What is imported like a value but is a type is gone when the types are. */
function typeHint(error: unknown): string {
  return /does not provide an export named/.test(messageOf(error)) ? '; a type needs `import type`' : '';
}

/** File and line of an error, which Node keeps in the stack: of a syntax error in its first line, of others where thrown. */
function placeOf(error: unknown): string | null {
  const whole = error instanceof Error ? (error.stack ?? '') : '';
  const [stack = ''] = whole.split(OURS, 1);
  const [first = ''] = stack.split('\n', 1);
  const inFirstLine = /^(?:file:\/\/)?(\/.+:\d+)$/.exec(first)?.[1];
  return inFirstLine ?? /(?:file:\/\/|[( ])(\/[^\s:()]+:\d+):\d+\)?$/m.exec(stack)?.[1] ?? null;
}

/** Of JavaScript, Node tells the line of a syntax error to the terminal alone: `node --check` tells it to us. */
function placeOfSyntaxError(error: unknown, urls: readonly string[]): string | null {
  if (!(error instanceof SyntaxError)) return null;
  const files = urls.filter((url) => /^file:.*\.[cm]?js$/.test(url)).map((url) => fileURLToPath(url));
  for (const file of [...new Set(files)].slice(-SUSPECTS).reverse()) {
    const { status, stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' });
    if (status !== 0) return placeOf(Object.assign(new Error(), { stack: stderr })) ?? file;
  }
  return null;
}
