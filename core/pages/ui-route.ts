/** What the web UI shows to whoever asks: the entries of all plugins that they may use, and where the modules are. */
import Type, { type Static } from 'typebox';
import { type Access, refusalOf } from '../http/access.ts';
import type { Principal } from '../http/principal.ts';
import { type Route, route } from '../http/route.ts';
import type { LoadedPlugin } from '../plugins.ts';
import { PAGES_CONTRACT, type PageText } from './pages.ts';
import type { ServedModules } from './served-modules.ts';

const Text = Type.Record(Type.String(), Type.String(), { description: 'By language; there is always `en`' });
const Entry = { id: Type.String(), title: Text };
const UiView = Type.Object({
  version: Type.String({ description: 'Of the platform: another one means that the pages are to be loaded anew' }),
  contract: Type.Integer({ description: 'Of pages' }),
  plugins: Type.Array(
    Type.Object({
      name: Type.String(),
      version: Type.String(),
      summary: Type.String(),
      module: Type.Union([Type.String(), Type.Null()], { description: 'Address of its ES module' }),
      fits: Type.Boolean({ description: 'Whether the module was built for this contract' }),
      navigation: Type.Array(
        Type.Object({
          ...Entry,
          path: Type.String(),
          section: Type.String(),
          icon: Type.Union([Type.String(), Type.Null()]),
          order: Type.Integer(),
        }),
      ),
      commands: Type.Array(
        Type.Object({
          ...Entry,
          path: Type.Union([Type.String(), Type.Null()]),
          shortcut: Type.Union([Type.String(), Type.Null()]),
        }),
      ),
      cards: Type.Array(Type.Object({ ...Entry, width: Type.Integer() })),
    }),
  ),
});

const DEFAULT_ORDER = 100;

export function uiRoute(plugins: readonly LoadedPlugin[], modules: ServedModules, version: string): Route {
  return route({
    method: 'GET',
    path: '/api/platform/ui',
    access: 'optional',
    summary: 'Pages, commands and cards of all plugins that the caller may use',
    responses: { 200: UiView },
    handler: ({ principal }): Static<typeof UiView> => ({
      version,
      contract: PAGES_CONTRACT,
      // Which plugins there are, and which versions of them, is for those who may use something of them.
      plugins: plugins
        .flatMap((loaded) => (loaded.plugin.pages ? [shown(loaded, modules, principal)] : []))
        .filter(({ navigation, commands, cards }) => navigation.length + commands.length + cards.length > 0),
    }),
  });
}

function shown({ plugin, version }: LoadedPlugin, modules: ServedModules, principal: Principal | null) {
  const { name, summary, pages = {} } = plugin;
  const mine = <E extends { access?: Access }>(entries: readonly E[] = []) =>
    entries.filter(({ access = 'user' }) => refusalOf(access, principal) === null);
  return {
    ...{ name, version, summary, module: modules.addressOf(name) },
    fits: (pages.contract ?? PAGES_CONTRACT) === PAGES_CONTRACT,
    navigation: mine(pages.navigation).map(({ id, title, path, section, icon, order = DEFAULT_ORDER }) => ({
      ...{ id, title: textOf(title), path, section: section ?? name, icon: icon ?? null, order },
    })),
    commands: mine(pages.commands).map(({ id, title, path = null, shortcut = null }) => ({
      ...{ id, title: textOf(title), path, shortcut },
    })),
    cards: mine(pages.cards).map(({ id, title, width = 1 }) => ({ id, title: textOf(title), width })),
  };
}

function textOf(text: PageText): Record<string, string> {
  return typeof text === 'string' ? { en: text } : { ...text };
}
