/**
 * English as its readers write it: words and turns that are understood but that nobody would say, refused in all that people
 * read. Comments of the code are not concerned, nor what other systems are promised byte for byte.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '#scripts/setup.mjs';

/** With what is said instead. */
const REFUSED: readonly (readonly [pattern: RegExp, better: string])[] = [
  [/\bstands? (here|there|in|below|above|behind|beside|before|on|still)\b/i, 'is, appears'],
  [/\bby (itself|themselves)\b/i, 'automatically, on its own'],
  [/\b(goes|went|gone|going) on\b/i, 'continues, keeps'],
  [/\bto go on\b/i, 'to continue'],
  [/\bwhoever\b/i, 'anyone who, everyone who, the person who'],
  [/\b(gave|gives?|given|giving) up\b/i, 'failed, stopped, abandoned'],
  [/\bcalled so\b/i, 'No results'],
  [/\bmeanwhile\b/i, 'in the meantime'],
  [/\bsomebody else\b/i, 'someone else'],
  [/\bonce more\b|\banew\b/i, 'again'],
  [/\bwhat (became|becomes|has become) of\b/i, 'status, outcome, what happened to'],
  [/\bcame to nothing\b/i, 'failed'],
  [/\ball the same\b/i, 'anyway'],
  [/\b(in|after) so many\b/i, 'per … minutes, after … failures'],
  [/\blooks? after (it|this|them)\b/i, 'assigned to'],
  [/\b(is|are) (not )?there already\b|\balready there\b/i, 'already exists'],
  [/\bthe other side\b/i, 'the receiving server, the other party'],
  [/\bForgotten your\b/i, 'Forgot your …?'],
  [/\bput aside\b/i, 'snoozed'],
  [/\bhow it went\b/i, 'result, last run'],
];
/** In texts of pages and in short sentences of the server, which documents may need in longer ones. */
const REFUSED_IN_TEXTS: typeof REFUSED = [
  [/\bsomebody\b/i, 'someone, a person, people'],
  [/^Who (is|are|has|have|may|writes|comes|wants|was)\b(?!.*\?)/, 'People who …, Invited people …'],
  [/\b(is|are) not there\b/i, 'does not exist, is missing'],
  [/\b(is|are) (no longer|no more) there\b/i, 'is gone'],
  [/\bof (yours|theirs)\b/i, 'your own'],
  [/\bcame in\b(?!.*seconds)/i, 'arrived, was received'],
  [/\bwrites? to it alone\b/i, 'Direct messages'],
];

describe('English for readers', () => {
  it('is in the texts of pages', () => {
    const files = ['plugins/admin/web/i18n/en.json', ...find('plugins/*/ui/locales/en.json')];
    assert.ok(files.length > 8);
    assert.deepEqual(
      files.flatMap((file) => refused(file, textsIn(JSON.parse(read(file))), [...REFUSED, ...REFUSED_IN_TEXTS])),
      [],
    );
  });

  it('is in errors, in summaries and descriptions of routes, functions, scheduled work and settings, and in titles of pages', () => {
    const files = [...find('core/**/*.ts'), ...find('plugins/**/*.ts')].filter(isOurs);
    assert.ok(files.length > 800);
    assert.deepEqual(
      files.flatMap((file) => refused(file, saidIn(file, read(file)), [...REFUSED, ...REFUSED_IN_TEXTS])),
      [],
    );
  });

  it('is in mails', () => {
    const files = find('plugins/*/mail-templates/**/*').filter((file) => /\.(txt|html|json|ts)$/.test(file));
    assert.ok(files.length > 3);
    assert.deepEqual(
      files.flatMap((file) => refused(file, [read(file)], REFUSED)),
      [],
    );
  });

  it('is in commands and in the installer', () => {
    const files = [...find('core/commands/*.ts'), 'deploy/install.sh'];
    assert.deepEqual(
      files.flatMap((file) => refused(file, literalsIn(withoutComments(read(file))), REFUSED)),
      [],
    );
  });

  it('is in the documents', () => {
    const files = ['README.md', ...find('docs/*.md'), ...find('plugins/*/README.md')].filter(isForReaders);
    assert.ok(files.length > 20);
    assert.deepEqual(
      files.flatMap((file) => refused(file, prose(read(file)), REFUSED)),
      [],
    );
  });
});

/** Not of pages, which have their texts elsewhere, nor of what other systems are promised to the byte. */
function isOurs(file: string): boolean {
  return !/\/(ui|web|dist|dialect|moltflow|temp-mail)\/|\/dialect[\w-]*\.ts$/.test(file);
}

/** Sentences of the code and names of tests are quoted in these. */
function isForReaders(file: string): boolean {
  return !/docs\/(states|mail-standards|plugin-reference)\.md$/.test(file);
}

function refused(file: string, texts: readonly string[], patterns: typeof REFUSED): string[] {
  return texts.flatMap((text) =>
    patterns.flatMap(([pattern, better]) => {
      const found = pattern.exec(text);
      if (!found) return [];
      const around = text.slice(Math.max(0, found.index - 40), found.index + 60).replaceAll('\n', ' ');
      return [`${file}: "${around}": rather ${better}`];
    }),
  );
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** What a file of the server tells people: the values of these names, and all sentences where errors are declared. */
function saidIn(file: string, source: string): string[] {
  const code = withoutComments(source);
  if (file.endsWith('/errors.ts')) return literalsIn(code);
  const told =
    /\b(?:summary|description|title|message|en|detail):\s*(?:\{\s*en:\s*)?(?<text>'(?:[^'\\\n]|\\.)*'|`[^`]*`)/g;
  return [...code.matchAll(told)].map(({ groups }) => (groups?.text ?? '').slice(1, -1));
}

function literalsIn(code: string): string[] {
  return [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|`([^`]*)`|"((?:[^"\\\n]|\\.)*)"/g)]
    .map(([, single, template, double]) => single ?? template ?? double ?? '')
    .filter((text) => text.includes(' '));
}

function withoutComments(source: string): string {
  return source
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(?<=^|\s)\/\/.*$/gm, '')
    .replaceAll(/^\s*#.*$/gm, '');
}

/** Paragraphs without code, addresses and quotations. */
function prose(text: string): string[] {
  return text.replaceAll(/```[\s\S]*?```|`[^`\n]*`|\]\([^)]*\)|"[^"\n]*"|“[^”\n]*”/g, ' … ').split(/\n\s*\n/);
}

function find(pattern: string): string[] {
  return globSync(pattern, { cwd: root })
    .filter((file) => /\.\w+$/.test(file))
    .sort();
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
