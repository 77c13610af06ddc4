/** The menu: six areas with all pages in them, each once and by a name of its own, and what a plugin from elsewhere adds. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare } from '#core/configuration.ts';
import { createConditions } from '#core/pages/conditions.ts';
import { type MenuView, menuFor } from '#core/pages/entries.ts';
import { definePlugin, type Plugin, type PluginPages } from '#core/plugin.ts';
import { menuOf } from '#core/plugins.ts';
import { ROOT } from '#test/support/command-line.ts';

const PLUGINS = ['auth', 'billing', 'licensing', 'mail', 'workflows', 'robots', 'ai-replies', 'admin'];
const AREAS = ['home', 'inbox', 'mail', 'automations', 'assistants', 'sales', 'settings', 'status'];
const EVERYBODY = { id: 'x', kind: 'user', tenantId: 't', roles: ['owner', 'superadmin'], scopes: null } as never;

const withPages = (name: string, pages: PluginPages): Plugin => definePlugin({ name, summary: 'For a test', pages });

async function builtIn(): Promise<readonly Plugin[]> {
  const overrides = { plugins: Object.fromEntries(PLUGINS.map((name) => [name, {}])) };
  return (await prepare({ env: {}, overrides })).plugins.map(({ plugin }) => plugin);
}

const named = ({ plugin, id }: MenuView['navigation'][number]) => `${plugin}.${id}`;

describe('the menu', () => {
  let plugins: readonly Plugin[];
  let menu: MenuView;
  before(async () => {
    plugins = await builtIn();
    menu = menuFor(EVERYBODY, menuOf(plugins));
  });

  it('is six areas, and two at its foot', () => {
    const inOrder = (isAtFoot: boolean) =>
      menu.areas
        .filter(({ is_at_foot }) => is_at_foot === isAtFoot)
        .toSorted((one, other) => one.order - other.order)
        .map(({ id }) => id);
    assert.deepEqual([...inOrder(false), ...inOrder(true)], AREAS);
  });

  it('has no two entries of one name, in either language', () => {
    for (const language of ['en', 'zh']) {
      const titles = [...menu.areas, ...menu.navigation].map(({ title }) => title[language] ?? '');
      const twins = titles.filter((title, place) => titles.indexOf(title) !== place);
      assert.deepEqual(twins, [], language);
      assert.ok(titles.every(Boolean), `each has a name in ${language}`);
    }
  });

  it('finds each page by other words too, in both languages', () => {
    const without = menu.navigation.filter(({ words }) => !words.en || !words.zh);
    assert.deepEqual(without.map(named), []);
  });

  it('has each page in it, or below one of its entries', () => {
    const { pages } = registrations();
    const lost = pages.filter((page) => !menu.navigation.some(({ path }) => isWithin(page, path)));
    assert.deepEqual(lost, []);
    const nowhere = menu.navigation.filter(({ path }) => !pages.some((page) => patternOf(page).test(path)));
    assert.deepEqual(nowhere.map(named), [], 'each entry leads to a page');
  });

  it('is led to from every former address', () => {
    const { pages, moved } = registrations();
    assert.ok(moved.length > 30);
    for (const [from, to] of moved) {
      assert.ok(
        pages.some((page) => patternOf(page).test(to)),
        `${from} leads to ${to}, which is no page`,
      );
      // Otherwise who follows a link would go round for ever.
      assert.ok(!moved.some(([other]) => isWithin(to, other)), `${from} leads to ${to}, which has moved itself`);
    }
  });

  it('has the areas of the server’s settings, each below the page about the same', () => {
    const at = (path: string) => menu.navigation.find((entry) => entry.path === path);
    assert.equal(at('/settings/server/sending')?.title.en, 'Sending mail');
    assert.match(at('/settings/server/sending')?.words.en ?? '', /smtp/);
    assert.equal(at('/settings/server/sending')?.below, null);
    assert.equal(at('/settings/server/domains')?.below, 'mail.domains');
    assert.equal(at('/settings/server/backups')?.below, 'admin.backups');
  });

  it('shows a plugin from elsewhere in the area that it names, in its own, or in one called as its first page', () => {
    const page = { id: 'notes', title: { en: 'Notes', zh: '笔记' }, path: '/garden', icon: 'book' } as const;
    const areaOf = (pages: PluginPages) => {
      const { areas, navigation } = menuFor(EVERYBODY, menuOf([...plugins, withPages('garden', pages)]));
      const entry = navigation.find(({ plugin }) => plugin === 'garden');
      return areas.find(({ id }) => id === entry?.area);
    };
    assert.equal(areaOf({ navigation: [{ ...page, area: 'inbox' }] })?.id, 'inbox');
    const own = { id: 'garden', title: 'The garden', icon: 'box', order: 15 };
    assert.deepEqual(areaOf({ areas: [own], navigation: [{ ...page, area: 'garden' }] }), {
      id: 'garden',
      title: { en: 'The garden' },
      icon: 'box',
      order: 15,
      is_at_foot: false,
    });
    for (const entry of [page, { ...page, area: 'of-a-plugin-that-is-off' }]) {
      const area = areaOf({ navigation: [entry] });
      assert.deepEqual([area?.id, area?.title, area?.icon], ['garden', page.title, 'book']);
    }
    const taken = { id: 'mail', title: 'Another', icon: 'box' };
    assert.equal(areaOf({ areas: [taken], navigation: [{ ...page, area: 'mail' }] })?.title.en, 'Mail');
  });

  it('loses no page whose place is not there: it stands for itself', () => {
    const page = { title: 'A page', area: 'mail' } as const;
    const seen = (navigation: PluginPages['navigation'] & object) =>
      menuFor(EVERYBODY, menuOf([...plugins, withPages('garden', { navigation })])).navigation.flatMap((entry) =>
        entry.plugin === 'garden' ? [[entry.id, entry.area, entry.below]] : [],
      );
    assert.deepEqual(seen([{ ...page, id: 'a', path: '/garden', below: 'shop.goods' }]), [['a', 'mail', null]]);
    assert.deepEqual(seen([{ ...page, id: 'a', path: '/garden', below: 'robots.inbox' }]), [
      ['a', 'inbox', 'robots.inbox'],
    ]);
    assert.deepEqual(seen([{ ...page, id: 'a', path: '/garden', below: 'auth.invitations' }]), [
      ['a', 'settings', 'auth.users'],
    ]);
  });

  it('lacks what is of no use to somebody, which is asked once, and only of what they may see', async () => {
    const asked: string[] = [];
    const when = (name: string, holds: boolean | Error) => async () => {
      asked.push(name);
      if (holds instanceof Error) throw holds;
      return holds;
    };
    const no = when('no', false);
    const page = (id: string) => ({ id, title: id, path: `/garden/${id}`, area: 'mail' }) as const;
    const navigation = [
      { ...page('a'), when: no },
      { ...page('b'), when: no },
      { ...page('c'), when: when('yes', true) },
      { ...page('d'), when: when('broken', new Error('Nobody knows')) },
      { ...page('e'), below: 'a' },
      { ...page('f'), access: 'superadmin', when: when('hidden', false) } as const,
    ];
    const garden = withPages('garden', { navigation });
    const member = { ...(EVERYBODY as object), roles: ['member'] } as never;
    const logged: unknown[] = [];
    const log = { error: (what: unknown) => logged.push(what) } as never;
    const unmet = await createConditions([garden], () => ({}) as never).unmetFor(member, log);
    const { navigation: left } = menuFor(member, menuOf([garden]), unmet);
    assert.deepEqual(
      left.map(({ id, below }) => [id, below]),
      [
        ['c', null],
        ['d', null],
        ['e', null],
      ],
    );
    assert.deepEqual(asked, ['no', 'yes', 'broken']);
    assert.equal(logged.length, 1);
  });

  it('is for nobody who may see nothing of it', () => {
    assert.deepEqual(menuFor(null, menuOf(plugins)), { areas: [], navigation: [] });
  });
});

const ROUTE = /path: '(?<path>[^']+)', page: [^}]+?(?<isPublic>, isPublic: true)? \}/g;
const MOVED = /moved: \{(?<moved>[^}]+)\}/;
const MOVE = /'(?<from>\/[^']*)': '(?<to>\/[^']*)'/g;

/** As the pages of all plugins are registered. */
function registrations(): { pages: string[]; moved: [from: string, to: string][] } {
  const files = readdirSync(join(ROOT, 'plugins')).map((name) => join(ROOT, 'plugins', name, 'ui', 'index.tsx'));
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  return {
    pages: texts.flatMap((text) =>
      [...text.matchAll(ROUTE)].flatMap(({ groups }) => (groups?.path && !groups.isPublic ? [groups.path] : [])),
    ),
    moved: texts.flatMap((text) =>
      [...(MOVED.exec(text)?.groups?.moved ?? '').matchAll(MOVE)].map(({ groups }): [string, string] => [
        groups?.from ?? '',
        groups?.to ?? '',
      ]),
    ),
  };
}

function isWithin(path: string, entry: string): boolean {
  return path === entry || (entry !== '/' && path.startsWith(`${entry}/`));
}

function patternOf(page: string): RegExp {
  return new RegExp(`^${page.replaceAll(/\$\w+/g, '[^/]+')}$`);
}
