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

function actionsWritten(): string[] {
  const files = globSync('plugins/**/*.ts', { cwd: root, exclude: ['**/dist/**', '**/ui/**', '**/web/**'] });
  const found = files
    .filter((file) => !file.endsWith('/contract.ts'))
    .map((file) => readFileSync(`${root}/${file}`, 'utf8'))
    .filter((source) => source.includes('auditLog'))
    .flatMap((source) =>
      [...source.matchAll(/^(.*?)'([a-z_]+\.[a-z_]+)'/gm), ...source.matchAll(/^(.* : )'([a-z_]+\.[a-z_]+)'/gm)].map(
        ([, before = '', name = '']) => ({ before, name }),
      ),
    )
    .filter(({ before, name }) => !OTHER.test(before) && !NOT_ACTIONS.test(name) && !EVENTS.includes(name));
  return [...new Set(found.map(({ name }) => name))].sort();
}

function texts(one: 'en' | 'zh'): { action: Record<string, string>; audit: { area: Record<string, string> } } {
  return JSON.parse(readFileSync(`${root}/plugins/auth/ui/locales/${one}.json`, 'utf8'));
}
