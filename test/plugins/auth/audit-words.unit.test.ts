/** The audit log in words: every action that code writes, and every area of the settings, in both languages. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SETTINGS_AREAS } from '#core/settings/areas.ts';
import { ACTIONS } from '#plugins/auth/ui/parts/audited.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Names of two parts that are no actions: of events, hooks, challenges and columns, in files that write to the log. */
const OTHER =
  /(?:emit|run|put|find|take|seal|sign|derive|where\w*|select|join|orderBy|Handler<)[(<]?[^'\n]*$|purpose: $|name: $/i;
const EVENTS = ['tenant.activated', 'tenant.suspended', 'mail.deliver'];
const NOT_ACTIONS = /^(?:auth|billing|mail|robots|workflows|licensing)[_.]/;
const LANGUAGES = ['en', 'zh'] as const;

describe('the audit log', () => {
  it('has words for every action that is written', () => {
    const written = actionsWritten();
    assert.ok(written.length > 50, 'the actions are found');
    assert.deepEqual(
      written.filter((action) => !ACTIONS.includes(action)),
      [],
      'plugins/auth/ui/parts/audited.ts',
    );
    for (const one of LANGUAGES) {
      const { action: words } = texts(one);
      assert.deepEqual(
        ACTIONS.filter((action) => !words[action.replaceAll('.', '_')]),
        [],
        `${one}.json`,
      );
    }
  });

  it('has words for every detail that is written', () => {
    const names = detailsWritten();
    for (const known of ['changed', 'role', 'count', 'plan_id', 'limits', 'usage', 'with_key'])
      assert.ok(names.includes(known), `${known} is found`);
    for (const one of LANGUAGES) {
      const { word } = texts(one).audit;
      assert.deepEqual(
        names.filter((name) => !word[name]),
        [],
        `${one}.json: audit.word`,
      );
    }
  });

  it('calls areas of the settings what they are called in the menu', () => {
    for (const one of LANGUAGES) {
      const titles = Object.entries(SETTINGS_AREAS).map(([area, title]) => [
        area,
        (title as Record<string, string>)[one],
      ]);
      assert.deepEqual(texts(one).audit.area, Object.fromEntries(titles));
    }
  });
});

/** Sources that write to the log. */
function writers(): string[] {
  return globSync('plugins/**/*.ts', { cwd: root, exclude: ['**/dist/**', '**/ui/**', '**/web/**'] })
    .filter((file) => !file.endsWith('/contract.ts'))
    .map((file) => readFileSync(`${root}/${file}`, 'utf8'))
    .filter((source) => source.includes('auditLog'));
}

/** Names in what is said beyond the act: `detail: { … }`, `const detail = { … }`, and what is handed to a module's own `audit()`. */
function detailsWritten(): string[] {
  const begins = /\bdetail(?:: | = )\{|\bawait audit\([^;{]*\{|\bwhat: \{(?=[^}]*boolean)/g;
  const found = writers().flatMap((source) =>
    [...source.matchAll(begins)].flatMap(({ index, 0: begin }) =>
      namesIn(source.slice(index + begin.length, closing(source, index + begin.length))),
    ),
  );
  return [...new Set(found)].sort();
}

function closing(source: string, from: number): number {
  let depth = 1;
  for (let at = from; at < source.length; at++) {
    if (source[at] === '{') depth++;
    if (source[at] === '}' && --depth === 0) return at;
  }
  return source.length;
}

function namesIn(literal: string): string[] {
  const names = [...literal.matchAll(/(?:^|[{,;])\s*([a-z_A-Z]+)\s*(?=[:,;}]|$)/g)].map(([, name = '']) => name);
  return names.filter((name) => name !== 'title' && name !== 'to');
}

function actionsWritten(): string[] {
  const found = writers()
    .flatMap((source) =>
      [...source.matchAll(/^(.*?)'([a-z_]+\.[a-z_]+)'/gm), ...source.matchAll(/^(.* : )'([a-z_]+\.[a-z_]+)'/gm)].map(
        ([, before = '', name = '']) => ({ before, name }),
      ),
    )
    .filter(({ before, name }) => !OTHER.test(before) && !NOT_ACTIONS.test(name) && !EVENTS.includes(name));
  return [...new Set(found.map(({ name }) => name))].sort();
}

function texts(one: 'en' | 'zh'): {
  action: Record<string, string>;
  audit: { area: Record<string, string>; word: Record<string, string> };
} {
  return JSON.parse(readFileSync(`${root}/plugins/auth/ui/locales/${one}.json`, 'utf8'));
}
