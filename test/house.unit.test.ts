/** The house rules that need more than one file to check; what one import can show is left to the linter (biome.json). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders at the top of the repository, as docs and design name them. `my-plugins` is an operator's own. */
const ROOMS = [
  '.ci',
  'config',
  'core',
  'deploy',
  'docs',
  'examples',
  'my-plugins',
  'package',
  'plugins',
  'scripts',
  'test',
];
/** Files at the top: what tools look for there, and what a reader opens first. */
const FILES = [
  '.c8rc.json',
  '.dockerignore',
  '.editorconfig',
  '.git-blame-ignore-revs',
  '.gitignore',
  '.mocharc.json',
  '.npmrc',
  'biome.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'Dockerfile',
  'docker-compose.example.yaml',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
];

/** Of a file: a reader has it in mind at once. */
const MOST_LINES = 400;

/** Not written but made: built pages, and the types of the client. */
const MADE = ['**/dist/**', '**/openapi.d.ts'];

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])(?<specifier>[^'"\n]+)\1/g;

describe('the house', () => {
  it('has at its top only the rooms and files that are documented', () => {
    const strangers = topLevel().filter((name) => ![...ROOMS, ...FILES].includes(name));
    assert.deepEqual(strangers, [], 'put these into a room, or add them to this test and to the documentation');
  });

  it('keeps core free of plugins, whichever way they are spelt', () => {
    const inward = sources('core').filter(({ file, specifier }) => pluginReached(file, specifier) !== null);
    assert.deepEqual(inward.map(described), []);
  });

  it('lets a plugin reach another one only through its contract', () => {
    const wrong = betweenPlugins().filter(({ specifier, to }) => specifier !== `#plugins/${to}/contract.ts`);
    assert.deepEqual(wrong.map(described), []);
  });

  it('has every plugin name in `requires` the plugins whose contract it imports', () => {
    const unnamed = betweenPlugins().filter(({ from, to }) => !requiredBy(from).includes(to));
    assert.deepEqual(unnamed.map(described), []);
  });

  it('has no import circles, those of types included', () => {
    const circles = importCircles();
    assert.deepEqual(circles, [], 'move what both need into a file of its own, below both');
  });

  it('has no two folders that import each other, of core or of one plugin', () => {
    assert.deepEqual(foldersBothWays(), [], 'one of two folders is below the other; what both need is below both');
  });

  it('has walls between the parts of a plugin: each reaches those that it needs, and no file that stands above them', () => {
    const parts = declaredParts();
    const above = new Map<string, boolean>();
    const wrong = [...parts].flatMap(([folder, { needs }]) =>
      sources(folder).filter(({ file, specifier }) => {
        const target = pathOf(file, specifier);
        if (target === null || !fromRoot(target).startsWith(`${houseOf(folder)}/`)) return false;
        const other = partOf(target, parts);
        if (other === null) return reachesPart(target, parts, above);
        return other !== folder && !needs.includes(basename(other));
      }),
    );
    assert.deepEqual(wrong.map(described), [], 'name the part in `needs`, or turn the arrow round');
    assert.ok(parts.size >= 4, [...parts.keys()].join());
  });

  it('lets threads load neither the database nor HTTP', () => {
    const entries = files('plugins').filter((file) => /worker\.ts$/.test(file) && !/\/(?:ui|web)\//.test(file));
    const heavy = ['core/kit.ts', 'core/plugin.ts'].map((file) => join(root, file));
    const loaded = entries.map((entry) => ({ entry, files: loadedWith(entry) }));
    const wrong = loaded.filter((one) => heavy.some((file) => one.files.has(file)));
    assert.deepEqual(
      wrong.map(({ entry }) => fromRoot(entry)),
      [],
      'import core/thread-kit.ts there',
    );
    assert.ok(entries.length > 4 && loaded.some((one) => one.files.has(join(root, 'core/thread-kit.ts'))));
  });

  it('has contracts that are types alone, and import nothing from inside their plugin', () => {
    const contracts = files('plugins').filter((file) => /^plugins\/[^/]+\/contract\.ts$/.test(fromRoot(file)));
    const inward = contracts.flatMap(importsOf).filter(({ file, specifier }) => {
      const isOwn = specifier.startsWith(`#plugins/${fromRoot(file).split('/')[1]}/`);
      return isOwn || specifier.startsWith('.');
    });
    const running = contracts.filter((file) =>
      /^(?:import (?!type\b)|export (?!type\b|interface\b))/m.test(readFileSync(file, 'utf8')),
    );
    assert.deepEqual([...inward.map(described), ...running.map(fromRoot)], [], 'others may use no more than it says');
  });

  it('keeps what a plugin sees to the plugin itself', () => {
    const wrong = [...sources('core'), ...sources('plugins'), ...sources('scripts')].filter(({ file, specifier }) => {
      const target = fromRoot(pathOf(file, specifier) ?? '').split('/');
      return target[0] === 'plugins' && target[2] === 'scope.ts' && target[1] !== fromRoot(file).split('/')[1];
    });
    assert.deepEqual(wrong.map(described), [], 'scope.ts is the inside of a plugin; others have its contract.ts');
  });

  it('has every table named by the code of its own plugin alone', () => {
    assert.deepEqual(foreignTables(), [], 'ask a service of the plugin whose table it is');
  });

  it('starts every thread with a limit on its memory', () => {
    assert.deepEqual(bareThreads(), ['core/threads/thread.ts'], 'start it by startThread, or by createTurns');
  });

  it('names its files in one way, those of pages and their styles included', () => {
    const written = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    const odd = written.filter((file) => /\.(?:[cm]?[jt]sx?|css)$/.test(file) && /[A-Z_]/.test(basename(file)));
    assert.deepEqual(odd, [], 'small letters, with hyphens between the words');
    const stems = written.filter((file) => /\.tsx?$/.test(file)).map((file) => file.replace(/\.tsx?$/, ''));
    const twice = stems.filter((stem, place) => stems.indexOf(stem) !== place);
    assert.deepEqual(twice, [], 'one of two files would be written over the other when they are built');
  });

  it('keeps the interpreter of jq a package that could be published as it is', () => {
    const folder = join('plugins', 'workflows', 'jq');
    const outward = sources(folder).filter(({ file, specifier }) => !inFolder(resolve(file, '..', specifier), folder));
    assert.deepEqual(outward.map(described), []);
  });

  it('has no room that is too large to be read at once', () => {
    const rooms = ['core', 'plugins', 'scripts', 'test'].flatMap(files);
    const large = rooms
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => ({ file: fromRoot(file), lines: readFileSync(file, 'utf8').trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MOST_LINES);
    assert.deepEqual(
      large,
      [],
      `no file is longer than ${MOST_LINES} lines, tests excepted: give a part of it its own`,
    );
  });

  it('imports nothing from the tests outside test/ and scripts/', () => {
    const wrong = [...sources('core'), ...sources('package'), ...sources('plugins')].filter(({ file, specifier }) => {
      return specifier.startsWith('#test/') || inFolder(resolve(file, '..', specifier), 'test');
    });
    assert.deepEqual(wrong.map(described), []);
  });

  it('keeps server code out of the pages', () => {
    const pages = sources('plugins').filter(({ file }) => fromRoot(file).split('/')[2] === 'ui');
    const wrong = pages.filter(({ file, specifier }) => {
      const own = fromRoot(file).split('/').slice(0, 3).join('/');
      if (specifier.startsWith('.')) return !inFolder(resolve(file, '..', specifier), own);
      return specifier.startsWith('#') || specifier.startsWith('node:');
    });
    assert.deepEqual(wrong.map(described), []);
  });

  it('keeps Chinese in the files of the dialects of older services, and of texts in both languages', () => {
    // What a plugin declares for pages is in both languages, and so is the first mail.
    const homes =
      /\/(pages|navigation|activity|attention|first-steps|about-people|core-activity|first-mail|summaries|setting-texts|settings|areas|core-areas)\.ts$|\/client\/language\.ts$|\/(dialect-messages|default-messages|sms-text|stop-phrases|keywords|palette-words|cron-chinese|chinese-spaces)\.ts$|\/mail-templates\/|\/verification-code\.ts$|\/demo-data\.ts$/;
    const written = globSync(['core/**/*.ts', 'plugins/**/*.{ts,tsx}'], { cwd: root, exclude: MADE });
    const files = written.filter((file) => !homes.test(file));
    const chinese = files.filter((file) => /\p{Script=Han}/u.test(readFileSync(join(root, file), 'utf8')));
    assert.deepEqual(chinese, []);
  });

  it("opens the database with one SQLite library: two in a process take each other's locks away", () => {
    // Files that nobody else has open: the lock itself, copies in a backup, and what a move has for itself.
    const homes = [
      'core/backup/snapshot.ts',
      'core/database/instance-lock.ts',
      'core/database/sqlite-process.ts',
      'core/move/sqlite-side.ts',
    ];
    const users = globSync(['core/**/*.ts', 'plugins/**/*.ts'], { cwd: root }).filter((file) =>
      readFileSync(join(root, file), 'utf8').includes('node:sqlite'),
    );
    assert.deepEqual(users.sort(), homes);
  });

  it('looks names from outside up among what an object holds itself', () => {
    const found = ['core', 'plugins', 'scripts'].flatMap((room) => files(room).flatMap(looseLookUps));
    assert.deepEqual(
      found,
      [],
      'use `getOwn` (core/own-property.ts), Object.hasOwn or a Map: every object has a `constructor`',
    );
  });

  it('counts what is recent up to now, and nothing that a clock noted that was ahead', () => {
    // What was received stays readable, whenever that was.
    const exempt = 'plugins/mail/mailboxes/visibility.ts';
    const recent = /'[\w.]*_at', '>=?', (?:services\.)?(?:clock\.)?now(?:\(\))? - |CLOCK_TOLERANCE_MS = /;
    const wrong = [...files('core'), ...files('plugins')]
      .filter((file) => !['core/clock.ts', exempt].includes(fromRoot(file)))
      .filter((file) => recent.test(readFileSync(file, 'utf8')));
    assert.deepEqual(wrong.map(fromRoot), [], 'use timeWindow()');
  });

  it('has one answer of its forms to a change that somebody else has made meanwhile', () => {
    const pages = files('plugins').filter((file) => /\/ui\//.test(file) && /\.tsx?$/.test(file));
    const headers = pages.filter((file) => /['"]if-match['"]/i.test(readFileSync(file, 'utf8')));
    assert.deepEqual(
      headers.map(fromRoot),
      [],
      'the kit makes it: useVersionedForm, and ifVersion where there is no form',
    );
    const alone = pages.filter((file) => {
      const text = readFileSync(file, 'utf8');
      return /<(?:FormModal|Confirm|form)\b/.test(text) && /\bifVersion\(/.test(text);
    });
    assert.deepEqual(alone.map(fromRoot), [], 'use useVersionedForm (docs/plugin-pages.md)');
  });

  it('does what may be much in steps of one kind, which are as large as the writer can bear', () => {
    const own = ['core', 'plugins']
      .flatMap(files)
      .filter((file) => /for \(let \w+ = ([A-Z_]+); \w+ === \1;/.test(readFileSync(file, 'utf8')));
    assert.deepEqual(own.map(fromRoot), [], 'use inSteps or deleteInSteps of the kit');
  });

  it('writes out the keys of an object, and packs none of them into another one', () => {
    const packed = /\.\.\.\{|\.\.\.\[(?!\.\.\.)[^[\]]*\](?![.[(:])/;
    const found = ['core', 'examples', 'package', 'plugins', 'scripts', 'test'].flatMap(files).flatMap((file) =>
      withoutCommentLines(readFileSync(file, 'utf8'))
        .split('\n')
        .flatMap((line, index) => (packed.test(line) ? [`${fromRoot(file)}:${index + 1}: ${line.trim()}`] : [])),
    );
    assert.deepEqual(found, [], 'one key on a line: a search finds it, and no object is made to be thrown away');
  });

  it('leaves no test out and runs no test alone', () => {
    const mark = /\b(?:it|describe|context|specify|test|suite)\s*\.\s*(?:only|skip)\s*\(|\b(?:xit|xdescribe)\s*\(/;
    const marked = files('test').filter((file) => file.endsWith('.test.ts') && mark.test(readFileSync(file, 'utf8')));
    assert.deepEqual(marked.map(fromRoot), []);
  });

  it('times nothing in a test: what else the machine does would decide', () => {
    const clocks = /\bperformance\s*\.\s*now\b|\bcpuUsage\b|\bhrtime\b|\bassert[\w.]*\(\s*Date\.now\(\)\s*-/;
    const timed = files('test').filter((file) => {
      return file.endsWith('.test.ts') && clocks.test(readFileSync(file, 'utf8'));
    });
    assert.deepEqual(timed.map(fromRoot), [], 'count steps (test/support/steps.ts), or what was asked for');
  });
});

/** Threads without a limit on their memory; those of pages are the browser's. */
function bareThreads(): string[] {
  return ['core', 'plugins']
    .flatMap(files)
    .filter((file) => file.endsWith('.ts') && !/\/(?:ui|web)\//.test(file))
    .filter((file) => /\bnew Worker\(/.test(readFileSync(file, 'utf8')))
    .map(fromRoot);
}

/** `name in object`, but for a name that is written out and for loops. */
const LOOSE_IN = /(?<!\b(?:const|let)\s+)(?<![\w'"`])[a-z][\w.]*\s+in\s+(?=[a-z][\w.]*\s*[)&|?;])/;
/** `object?.[name]` and `object[name]` with a name of the kind that comes from outside; as a target it is no look-up. */
const LOOSE_INDEX =
  /\?\.\[(?!(?:index|key|kind|method|side|step|unit|b\.length)\b)[a-z][\w.]*\]|\w\[(?:cid|domain|named|provider|reference|scope|secret|hook\.secret|given\.use)\](?!\s*(?:=[^=]|\?\?=))/;

/** Expressions of jq are a language of their own, with values that are checked there. */
function looseLookUps(file: string): string[] {
  if (fromRoot(file).startsWith('plugins/workflows/jq/') || fromRoot(file) === 'core/own-property.ts') return [];
  const lines = withoutCommentLines(readFileSync(file, 'utf8'))
    .replace(/'[^'\n]*'/g, "''")
    .split('\n');
  return lines.flatMap((line, index) =>
    LOOSE_IN.test(line) || LOOSE_INDEX.test(line) ? [`${fromRoot(file)}:${index + 1}: ${line.trim()}`] : [],
  );
}

interface Import {
  file: string;
  specifier: string;
}

/** Each circle as the files that lead back to its first; found by going into every import once. */
function importCircles(): string[] {
  const next = new Map<string, string[]>();
  for (const { file, specifier } of ['core', 'plugins', 'scripts', 'test'].flatMap(sources)) {
    const target = pathOf(file, specifier);
    if (target !== null) next.set(file, [...(next.get(file) ?? []), target]);
  }
  const found: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  for (const file of next.keys()) visit(file);
  return found;

  function visit(file: string): void {
    if (way.includes(file)) {
      found.push([...way.slice(way.indexOf(file)), file].map(fromRoot).join(' → '));
      return;
    }
    if (done.has(file)) return;
    way.push(file);
    for (const target of next.get(file) ?? []) visit(target);
    way.pop();
    done.add(file);
  }
}

/** Pairs of folders of core, or of one plugin, of which each imports the other; what lies above the folders does not count. */
function foldersBothWays(): string[] {
  const ways = new Set<string>();
  for (const { file, specifier } of ['core', 'plugins'].flatMap(sources)) {
    const [from, to] = [folderOf(file), folderOf(pathOf(file, specifier))];
    if (from && to && from !== to && houseOf(from) === houseOf(to)) ways.add(`${from} ↔ ${to}`);
  }
  return [...ways]
    .filter((way) => {
      const [from = '', to = ''] = way.split(' ↔ ');
      return from < to && ways.has(`${to} ↔ ${from}`);
    })
    .sort();
}

/** Parts by their folders, as their `index.ts` declares them. */
function declaredParts(): Map<string, { needs: readonly string[] }> {
  const parts = new Map<string, { needs: readonly string[] }>();
  for (const file of files('plugins')) {
    const steps = fromRoot(file).split('/');
    if (steps.length !== 4 || steps[3] !== 'index.ts') continue;
    const text = readFileSync(file, 'utf8');
    if (!/\bdefinePart\b/.test(text)) continue;
    assert.match(text, new RegExp(`\\bname: '${steps[2]}'`), `${fromRoot(file)} is not named as its folder`);
    const [, needs = ''] = /\bneeds: \[([^\]]*)\]/.exec(text) ?? [];
    parts.set(steps.slice(0, 3).join('/'), { needs: [...needs.matchAll(/'([^']+)'/g)].map(([, name]) => name ?? '') });
  }
  return parts;
}

function partOf(path: string, parts: ReadonlyMap<string, unknown>): string | null {
  const folder = folderOf(path);
  return folder !== null && parts.has(folder) ? folder : null;
}

/** Whether a file of the ground floor stands on a part, directly or by another one: then it is above the parts. */
function reachesPart(path: string, parts: ReadonlyMap<string, unknown>, known = new Map<string, boolean>()): boolean {
  const found =
    known.get(path) ??
    importsOf(path).some(({ file, specifier }) => {
      const target = pathOf(file, specifier);
      if (target === null || !isOfSamePlugin(path, target)) return false;
      return partOf(target, parts) !== null || reachesPart(target, parts, known);
    });
  known.set(path, found);
  return found;
}

function isOfSamePlugin(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => fromRoot(path).split('/').slice(0, 2).join('/'));
  return first === second;
}

/** `core/http`, `plugins/mail/routes`; null for files above, and for packages. */
function folderOf(path: string | null): string | null {
  const steps = path === null ? [] : fromRoot(path).split('/');
  const depth = steps[0] === 'core' ? 2 : 3;
  return steps.length > depth ? steps.slice(0, depth).join('/') : null;
}

function houseOf(folder: string): string {
  return folder.split('/').slice(0, -1).join('/');
}

/** All files that are there once `entry` runs: imports of types alone load nothing. */
function loadedWith(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry) || !existsSync(entry)) return found;
  found.add(entry);
  const text = readFileSync(entry, 'utf8').replace(
    /^(?:import|export) (?:type\b[^;]*|\{(?:\s*type \w+(?: as \w+)?,?)+\s*\}[^;]*);/gm,
    '',
  );
  for (const { groups } of withoutCommentLines(text).matchAll(IMPORT)) {
    const path = pathOf(entry, groups?.specifier ?? '');
    if (path !== null) loadedWith(path, found);
  }
  return found;
}

/** Tables by the plugin whose migrations make them. */
function tablesOf(plugin: string): string[] {
  const migrations = files(`plugins/${plugin}/migrations`).map((file) => readFileSync(file, 'utf8'));
  const made = /\bcreateTable\(\s*'(\w+)'|\bcreate (?:virtual )?table (?:if not exists )?(\w+)/gi;
  return migrations.flatMap((text) => [...text.matchAll(made)].map(([, built, raw]) => built ?? raw ?? ''));
}

/** Names of tables after a quote, or after a word of SQL. */
function foreignTables(): string[] {
  const plugins = readdirSync(join(root, 'plugins'));
  const owners = new Map(plugins.flatMap((plugin) => tablesOf(plugin).map((table) => [table, plugin] as const)));
  const names = [...owners.keys()].join('|');
  const named = new RegExp(`['"\`](${names})\\b|\\b(?:from|join|into|update|table)\\s+(${names})\\b`, 'gi');
  return files('plugins').flatMap((file) => {
    const own = fromRoot(file).split('/')[1];
    const text = withoutCommentLines(readFileSync(file, 'utf8'));
    const tables = [...text.matchAll(named)].map(([, quoted, raw]) => quoted ?? raw ?? '');
    return [...new Set(tables)]
      .filter((table) => owners.get(table) !== own)
      .map((table) => `${fromRoot(file)} names ${table} of ${owners.get(table)}`);
  });
}

/** The file that an import leads to; null for packages and modules of Node. */
function pathOf(file: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return join(root, specifier.slice(1));
  return specifier.startsWith('.') ? resolve(file, '..', specifier) : null;
}

/** What git tracks or would track, so that caches and data of this checkout do not count. */
function topLevel(): string[] {
  try {
    const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
    const paths = execFileSync('git', list, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const names = new Set(
      paths
        .split('\0')
        .filter(Boolean)
        .map((path) => path.split('/')[0] ?? ''),
    );
    return [...names].filter((name) => existsSync(join(root, name)));
  } catch {
    // A copy without git history (an archive): everything but what is made while working.
    return readdirSync(root).filter((name) => !['.git', 'node_modules', 'data', 'coverage'].includes(name));
  }
}

function files(folder: string): string[] {
  const found = globSync('**/*.{ts,tsx,mts,mjs,js}', { cwd: join(root, folder), exclude: MADE });
  return found.map((file) => join(root, folder, file));
}

/** Every import in a room, dynamic ones and `export … from` too. */
function sources(folder: string): Import[] {
  return files(folder).flatMap(importsOf);
}

/** By files: half of these tests ask for all of them. */
const imports = new Map<string, Import[]>();

function importsOf(file: string): Import[] {
  const known = imports.get(file);
  if (known) return known;
  const matches = withoutCommentLines(readFileSync(file, 'utf8')).matchAll(IMPORT);
  const found = [...matches].map(({ groups }) => ({ file, specifier: groups?.specifier ?? '' }));
  imports.set(file, found);
  return found;
}

/** Examples in doc comments are no imports. */
function withoutCommentLines(text: string): string {
  return text.replace(/^\s*(?:\*|\/\*|\/\/).*$/gm, '');
}

/** Imports that cross from one plugin into another. */
function betweenPlugins(): (Import & { from: string; to: string })[] {
  return sources('plugins').flatMap((found) => {
    const from = fromRoot(found.file).split('/')[1] ?? '';
    const to = pluginReached(found.file, found.specifier);
    return to === null || to === from ? [] : [{ ...found, from, to }];
  });
}

/** The plugin that an import leads into, by its name or by a relative path; null when it leads into none. */
function pluginReached(file: string, specifier: string): string | null {
  if (specifier.startsWith('#plugins/')) return specifier.split('/')[1] ?? null;
  if (!specifier.startsWith('.')) return null;
  const [room, plugin] = fromRoot(resolve(file, '..', specifier)).split('/');
  return room === 'plugins' ? (plugin ?? null) : null;
}

/** `requires: ['auth', 'billing']` as it stands in the plugin's index.ts; nothing while that is still being written. */
function requiredBy(plugin: string): string[] {
  const index = join(root, 'plugins', plugin, 'index.ts');
  if (!existsSync(index)) return [];
  const list = /\brequires:\s*\[([^\]]*)\]/.exec(readFileSync(index, 'utf8'))?.[1] ?? '';
  return [...list.matchAll(/['"]([^'"]+)['"]/g)].map(([, name]) => name ?? '');
}

function inFolder(path: string, folder: string): boolean {
  return path.startsWith(join(root, folder) + sep);
}

function fromRoot(path: string): string {
  return relative(root, path).replaceAll(sep, '/');
}

function described({ file, specifier }: Import): string {
  return `${fromRoot(file)} imports ${specifier}`;
}
