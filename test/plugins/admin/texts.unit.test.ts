/** The texts of the pages: complete in both languages, and each that a page asks for is there. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const PLURAL = /_(zero|one|two|few|many|other)$/;
/** What a text puts in: `{{name}}`. */
const FILLED = /\{\{\s*[-\w.,() ]+\s*\}\}/g;

interface Room {
  name: string;
  folder: string;
  en: Map<string, string>;
  zh: Map<string, string>;
  sources: string[];
}

describe('texts of the pages', () => {
  const rooms = [room('shell', 'plugins/admin/web/i18n', 'plugins/admin/web'), ...pluginRooms()];

  for (const { name, en, zh, sources } of rooms) {
    it(`of ${name} are complete in both languages`, () => {
      assert.deepEqual(keysOf(zh), keysOf(en));
      for (const [key, text] of en) {
        if (PLURAL.test(key)) continue;
        assert.deepEqual(filled(zh.get(key) ?? ''), filled(text), `what ${key} puts in`);
      }
      for (const [key, text] of [...en, ...zh]) assert.notEqual(text.trim(), '', key);
    });

    it(`of ${name} are Chinese where they are for readers of Chinese`, () => {
      const same = [...zh].filter(([key, text]) => text === en.get(key) && /[a-z]{4,}/.test(text) && / /.test(text));
      assert.deepEqual(same, []);
    });

    it(`of ${name} are there where a page asks for them, and no other ones are`, () => {
      const code = sources.map((file) => readFileSync(file, 'utf8')).join('\n');
      const asked = new Set([...code.matchAll(/\bt\(\s*'([\w.]+)'/g)].map(([, key]) => key ?? ''));
      const known = new Set(keysOf(en));
      const shell = new Set(keysOf(rooms[0]!.en));
      assert.deepEqual(
        [...asked].filter((key) => !known.has(key) && !shell.has(key)),
        [],
        'texts that are not there',
      );
      // A key that is put together has a beginning that is written down: t(`users.${status}`).
      const beginnings = [...code.matchAll(/`([\w.]+)\$\{/g)].map(([, start]) => start ?? '');
      // Refusals are asked for by their codes: which there are, refusals.unit.test.ts knows.
      beginnings.push('error.', 'issue.');
      const named = (key: string) => code.includes(`'${key}'`) || beginnings.some((start) => key.startsWith(start));
      assert.deepEqual(
        [...known].filter((key) => !named(key)),
        [],
        'texts that nobody asks for',
      );
    });
  }
});

function pluginRooms(): Room[] {
  return globSync('plugins/*/ui/locales/en.json', { cwd: root }).map((file) => {
    const ui = dirname(dirname(file));
    return room(ui.split('/')[1] ?? '', join(ui, 'locales'), ui);
  });
}

function room(name: string, folder: string, home: string): Room {
  const read = (language: string) => flat(JSON.parse(readFileSync(join(root, folder, `${language}.json`), 'utf8')));
  const sources = globSync(`${home}/**/*.{ts,tsx}`, { cwd: root, exclude: ['**/openapi.d.ts'] });
  return { name, folder, en: read('en'), zh: read('zh'), sources: sources.map((file) => join(root, file)) };
}

function flat(texts: Record<string, unknown>, before = ''): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === 'string'
        ? [[before + key, value] as const]
        : [...flat(value as Record<string, unknown>, `${before}${key}.`)],
    ),
  );
}

/** Plurals are one text, in as many forms as the language has. */
function keysOf(texts: ReadonlyMap<string, string>): string[] {
  return [...new Set([...texts.keys()].map((key) => key.replace(PLURAL, '')))].sort();
}

function filled(text: string): string[] {
  return (text.match(FILLED) ?? []).sort();
}
