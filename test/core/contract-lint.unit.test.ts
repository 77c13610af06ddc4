/** What a plugin declares wrongly is said in a sentence before anything starts. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Type from 'typebox';
import { prepare } from '#core/configuration.ts';
import { mistakesOf } from '#core/contract-lint.ts';
import { definePlugin, route } from '#core/plugin.ts';
import type { LoadedPlugin } from '#core/plugins.ts';
import { builtInPlugins } from '#core/plugins.ts';

type Parts = Partial<Parameters<typeof definePlugin>[0]>;

function mistakes(parts: Parts, ...others: Parts[]): string[] {
  const loaded = [{ name: 'mine', ...parts }, ...others].map(
    (one): LoadedPlugin => ({
      key: './mine',
      plugin: definePlugin({ name: 'other', summary: 's', ...one }),
      units: [],
      version: '1.0.0',
      config: {},
      isBuiltIn: false,
      folder: '/mine',
    }),
  );
  return mistakesOf(loaded);
}

const get = (path: string, more: object = {}) =>
  route({ method: 'GET', path, access: 'user', summary: 's', responses: { 200: null }, handler: () => null, ...more });

const dialect = (name: string, prefix: string): Parts => ({
  dialects: [{ name, prefixes: [prefix], validationStatus: 422, errorSchema: {}, failure: () => ({ body: null }) }],
});

describe('the contract of a plugin is checked at its load:', () => {
  for (const [what, parts, sentence] of [
    [
      'a scope that nobody declares',
      { routes: [get('/x', { access: { scope: 'mine:read' } })] },
      /'mine' asks for the scope 'mine:read' \(GET \/x\), which no key can have: declare it in `scopes`/,
    ],
    [
      'a parameter without a schema',
      { routes: [get('/x/{id}')] },
      /no schema for the parameter \{id\} of GET \/x\/\{id\}/,
    ],
    [
      'a schema without a parameter',
      { routes: [get('/x', { params: Type.Object({ id: Type.Integer() }) })] },
      /has a schema for 'id', which GET \/x does not hold as \{id\}/,
    ],
    [
      'a job of another name',
      { jobs: [{ name: 'send', summary: 's', payload: Type.Object({}), run: async () => {} }] },
      /calls a job 'send': such names begin with 'mine\.'/,
    ],
    [
      'an area of the menu that is somebody else’s',
      { pages: { areas: [{ id: 'mail', title: 'Mine' }] } },
      /'mine' brings the area 'mail' of the menu: its own are called 'mine', or 'mine-…'/,
    ],
    [
      'a page below one that is not there',
      { pages: { navigation: [{ id: 'a', title: 'A', path: '/mine', below: 'b' }] } },
      /'mine' has the page 'a' below 'b', which is none of its pages/,
    ],
    ['rows of others', { contents: { mails: 'mail_messages' } }, /counts its mails in the table 'mail_messages'/],
    ['a subscription to nothing', { on: { 'nobody.did': async () => {} } }, /subscribes to 'nobody\.did'/],
    ['a hook that nobody runs', { hooks: { 'nobody.doing': async () => {} } }, /hooks into 'nobody\.doing'/],
    [
      'the erasures of others, which would be kept with all that they carry',
      { erasures: ['user.created'] as never },
      /has 'user\.created' kept as an erasure, which it does not declare in `events`/,
    ],
    ['the dialect of the platform', dialect('platform', '/mine'), /declares the dialect 'platform', and so does/],
    ['the paths of the platform', dialect('mine', '/api/platform'), /a dialect for the paths '\/api\/platform'/],
    ['sight of an event of others', { eventAccess: { 'nobody.did': 'superadmin' } }, /who may see 'nobody\.did'/],
  ] as [string, Parts, RegExp][]) {
    it(what, () => {
      const found = mistakes(parts);
      assert.equal(found.length, 1);
      assert.match(found[0] ?? '', sentence);
    });
  }

  it('scopes, events and hooks of what it requires are its own to use', () => {
    const theirs = {
      scopes: { 'other:read': 's' },
      events: { 'other.did': Type.Object({}) },
      hookPoints: { 'other.doing': 's' },
    };
    const uses = {
      routes: [get('/x', { access: { scope: 'other:read' } })],
      on: { 'other.did': async () => {} },
      hooks: { 'other.doing': async () => {} },
    };
    assert.deepEqual(mistakes({ ...uses, requires: ['other@^1'] } as Parts, theirs as Parts), []);
    assert.equal(mistakes(uses as Parts, theirs as Parts).length, 3);
  });

  it('words of functions are of one plugin', () => {
    const call = { name: 'contacts.update', summary: 's', access: {}, input: Type.Object({}), output: Type.Object({}) };
    const functions = [{ ...call, run: async () => ({}) }] as unknown as NonNullable<Parts['functions']>;
    assert.match(mistakes({ functions })[0] ?? '', /calls a function 'contacts\.update'/);
    assert.deepEqual(mistakes({ functions, functionWords: ['contacts'] }), []);
    const both = mistakes({ functionWords: ['contacts'] }, { functionWords: ['contacts'] });
    assert.equal(both.length, 2);
    assert.match(both[0] ?? '', /functions that begin with 'contacts\.', which are those of the plugin 'other'/);
  });

  it('names that everybody knows are of one plugin', () => {
    const names = {
      scopes: { 'things:read': 's' },
      tenantSettings: { things: Type.Boolean() },
      meters: [{ name: 'things', summary: 's', period: 'month' as const }],
      activity: { 'things.made': { title: 'Things' } },
      events: { 'things.made': Type.Object({}) } as never,
      ...dialect('things', '/api/things'),
    };
    const found = mistakes(names as Parts, names as Parts);
    assert.equal(found.length, 14);
    for (const what of ['scope', 'setting of tenants', 'meter', 'activity', 'event', 'dialect'])
      assert.ok(
        found.some((one) => one.startsWith(`The plugin 'mine' declares the ${what} '`)),
        what,
      );
  });

  it('tables of others in its migrations', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'patchbay-lint-'));
    await writeFile(
      join(folder, '0001-x.ts'),
      "db.schema.createTable('mine_x', f); db.schema.alterTable('auth_users', f);",
    );
    const [found, ...more] = mistakes({ migrations: pathToFileURL(`${folder}/`) });
    assert.match(found ?? '', /touches the table 'auth_users' in .*0001-x\.ts: names of its tables begin with 'mine_'/);
    assert.deepEqual(more, []);
    await rm(folder, { recursive: true });
  });

  it('the built-in ones keep it, and their tables have their names', async () => {
    const all = Object.fromEntries(builtInPlugins().map((name) => [name, {}]));
    const { plugins } = await prepare({ env: {}, overrides: { plugins: all } });
    assert.equal(plugins.length, Object.keys(all).length);
    // Their pages alone are where people look for them, and not below the name of a plugin.
    const asOthers = plugins.map((loaded) => ({
      ...loaded,
      isBuiltIn: false,
      plugin: { ...loaded.plugin, pages: {} },
    }));
    // The document of one names what another one does.
    const shared = ["the scope 'messages:send'", "the meter 'ai_replies'"];
    const found = mistakesOf(asOthers).filter((one) => !shared.some((name) => one.includes(`declares ${name}`)));
    assert.deepEqual(found, []);
  });
});
