/**
 * Which files a test file stands on: what it imports, what those import, and the documents, folders and plugins that any of
 * them names. Names are taken for uses: rather a test too many than one too few.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { ROOT } from './plan.ts';

const SOURCE = /\.(tsx?|mts|mjs|cjs|js)$/;
/** What is built into the pages that a test in a browser opens. */
const OF_PAGES = /^plugins\/([\w-]+\/ui|admin\/web)\//;
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"`])(?<specifier>[#.][^'"`\n$]+)\1/g;
const COMMENT = /^\s*(\/\/|\/?\*).*$/gm;
/** What is gone when the program runs changes no test; that the types still fit is said by tsc. */
const TYPE_IMPORT = /^(import|export) type [^;]*;$/gm;
/** `new URL('./migrations/', import.meta.url)`: a file, or a folder with all that lies in it. */
const BY_URL = /new URL\(\s*(['"`])(?<path>\.{1,2}\/[^'"`\n$]*)\1/g;
/** Plugins are loaded by the names in the configuration, so none of these imports them. */
const LOADER = 'core/plugins.ts';
/** Starts processes on the default configuration, in which every plugin is on. */
const COMMAND_LINE = /core\/main\.ts|scripts\/patchbay\.mjs|command-line\.ts/;
const PLUGIN = /^plugins\/(?<name>[^/]+)\//;
const REQUIRES = /requires:\s*\[(?<list>[^\]]*)\]/;

/** For each test file, all files of `all` that it stands on, itself among them. */
export function standingOn(tests: readonly string[], all: readonly string[]): Map<string, Set<string>> {
  const pages = all.filter((file) => OF_PAGES.test(file));
  const documents = all.filter((file) => !SOURCE.test(file) && !OF_PAGES.test(file) && basename(file).includes('.'));
  const namesakes = Map.groupBy(documents, (document) => basename(document));
  const plugins = [...new Set(all.flatMap((file) => PLUGIN.exec(file)?.groups?.name ?? []))];
  const direct = new Map<string, string[]>();
  return new Map(tests.map((test) => [test, closure(test)]));

  function closure(test: string): Set<string> {
    const reached = new Set<string>();
    const waiting = [test, ...(test.endsWith('.e2e.test.ts') ? pages : [])];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      waiting.push(...usesOf(file));
      if (file === LOADER || COMMAND_LINE.test(file)) waiting.push(...pluginsOf(reached, COMMAND_LINE.test(file)));
      else if (file.startsWith('test/') && reached.has(LOADER)) waiting.push(...pluginsOf(new Set([file]), false));
    }
    return reached;
  }

  /** The plugins that the tests among these files name, with what those require. */
  function pluginsOf(files: Set<string>, isAll: boolean): string[] {
    const texts = [...files].filter((file) => file.startsWith('test/') && !file.endsWith('/harness.ts')).map(textOf);
    const isNamed = (name: string) =>
      isAll || texts.some((text) => new RegExp(`['"]${name}['"]|\\b${name}:`).test(text));
    return plugins.filter(isNamed).flatMap(withRequired);
  }

  function withRequired(name: string): string[] {
    const index = `plugins/${name}/index.ts`;
    const list = REQUIRES.exec(textOf(index))?.groups?.list ?? '';
    const required = plugins.filter((other) => other !== name && new RegExp(`['"]${other}[@'"]`).test(list));
    return [index, ...required.flatMap(withRequired)];
  }

  function usesOf(file: string): string[] {
    const known = direct.get(file);
    if (known) return known;
    const uses = SOURCE.test(file) ? [...imported(file), ...addressed(file), ...named(file)] : [];
    direct.set(file, uses);
    return uses;
  }

  function imported(file: string): string[] {
    const specifiers = [...textOf(file).matchAll(IMPORT)].flatMap(({ groups }) => groups?.specifier ?? []);
    return specifiers.map((specifier) => pathOf(file, specifier)).filter((path) => isFile(join(ROOT, path)));
  }

  function addressed(file: string): string[] {
    const paths = [...textOf(file).matchAll(BY_URL)].flatMap(({ groups }) => groups?.path ?? []);
    return paths.flatMap((path) => inside(pathOf(file, path)));
  }

  /** The file, or everything in the folder; the root or a whole room says nothing. */
  function inside(path: string): string[] {
    const folder = path.replace(/\/$/, '');
    return folder.includes('/') ? all.filter((file) => file === path || file.startsWith(`${folder}/`)) : [];
  }

  /** Documents and fixtures whose name, or whose folder, stands in the text; two parts of a path say which README is meant. */
  function named(file: string): string[] {
    const text = textOf(file).replace(IMPORT, '');
    // What the product names is its own; a test may read anything.
    const room = file.startsWith('test/') ? '' : `${file.split('/', 1)[0]}/`;
    return documents.filter((document) => {
      if (!document.startsWith(room)) return false;
      if (isOnlyOne(basename(document)) && text.includes(basename(document))) return true;
      return names(text, document) || names(text, dirname(document));
    });
  }

  function isOnlyOne(name: string): boolean {
    return namesakes.get(name)?.length === 1;
  }
}

/** Whether the last two parts of a path stand in the text, as one word or as arguments of `join`; of one part, in quotes. */
function names(text: string, path: string): boolean {
  const [name = '', parent] = path.split('/').reverse();
  if (!parent)
    return new RegExp(`['"\`](\\.\\./)*${name.replaceAll('.', '\\.')}['"\`]`).test(text) && path.includes('.');
  return [`${parent}/${name}`, `${parent}', '${name}`].some((words) => text.includes(words));
}

function pathOf(file: string, specifier: string): string {
  return specifier.startsWith('#') ? specifier.slice(1) : normalize(join(dirname(file), specifier));
}

const texts = new Map<string, string>();

function textOf(file: string): string {
  const known = texts.get(file);
  if (known !== undefined) return known;
  const path = join(ROOT, file);
  const text = isFile(path) ? readFileSync(path, 'utf8').replace(COMMENT, '').replace(TYPE_IMPORT, '') : '';
  texts.set(file, text);
  return text;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
