/** What the web UI shows to whoever asks: the entries of all plugins that they may use, and where the modules are. */
import Type, { type Static } from 'typebox';
import type { Principal } from '../access/principal.ts';
import { type Route, route } from '../http/route.ts';
import { secretFieldsOf } from '../http/secret-fields.ts';
import type { LoadedPlugin } from '../plugins.ts';
import type { DeclaredMenu } from './areas.ts';
import type { Conditions } from './conditions.ts';
import {
  AreaView,
  type MenuView,
  menuFor,
  NavigationView,
  TextView,
  textOf,
  type Unmet,
  usable,
  wordsOf,
} from './entries.ts';
import { PAGES_CONTRACT } from './pages.ts';
import type { ServedModules } from './served-modules.ts';

const Entry = { id: Type.String(), title: TextView };
const UiView = Type.Object({
  version: Type.String({ description: 'Version of the platform: when it changes, reload the pages' }),
  contract: Type.Integer({ description: 'Of pages' }),
  live_position: Type.Union([Type.String(), Type.Null()], {
    description: '`Last-Event-ID` of a live stream that misses nothing from now on; null for strangers',
  }),
  can_send_mail: Type.Boolean({
    description: 'Whether mail leaves this server; otherwise it is written to its log, and no page may promise any',
  }),
  secret_fields: Type.Array(Type.String(), {
    description: 'Fields of requests whose values are secrets: what shows a request leaves them out',
  }),
  areas: Type.Array(AreaView, { description: 'Of the menu: those in which the caller may use something' }),
  plugins: Type.Array(
    Type.Object({
      name: Type.String(),
      version: Type.String(),
      summary: Type.String(),
      module: Type.Union([Type.String(), Type.Null()], { description: 'Address of its ES module' }),
      fits: Type.Boolean({ description: 'Whether the module was built for this contract' }),
      navigation: Type.Array(NavigationView),
      commands: Type.Array(
        Type.Object({
          ...Entry,
          path: Type.Union([Type.String(), Type.Null()]),
          shortcut: Type.Union([Type.String(), Type.Null()]),
          words: TextView,
        }),
      ),
      cards: Type.Array(Type.Object({ ...Entry, width: Type.Integer() })),
    }),
  ),
});

export function uiRoute(
  plugins: readonly LoadedPlugin[],
  menu: DeclaredMenu,
  conditions: Conditions,
  modules: ServedModules,
  version: string,
): Route {
  const secretFields = secretFieldsOf(plugins.flatMap(({ plugin }) => plugin.routes ?? []));
  return route({
    method: 'GET',
    path: '/api/platform/ui',
    access: 'optional',
    summary: 'Pages, commands and cards of all plugins that the caller may use',
    isCompressed: true,
    responses: { 200: UiView },
    async handler({ principal, log }, { events, mailer }): Promise<Static<typeof UiView>> {
      // Before anything is asked for: what happens meanwhile is told by the stream that begins here.
      const livePosition = principal && events.place();
      const unmet: Unmet = principal ? await conditions.unmetFor(principal, log) : new Map();
      const { areas, navigation: entries } = menuFor(principal, menu, unmet);
      return {
        version,
        contract: PAGES_CONTRACT,
        live_position: livePosition,
        can_send_mail: mailer.canSend,
        secret_fields: secretFields,
        areas,
        // Which plugins there are, and which versions of them, is for those who may use something of them.
        plugins: plugins
          .flatMap((loaded) => (loaded.plugin.pages ? [shown(loaded, modules, principal, entries, unmet)] : []))
          .filter(({ navigation, commands, cards }) => navigation.length + commands.length + cards.length > 0),
      };
    },
  });
}

function shown(
  { plugin, version }: LoadedPlugin,
  modules: ServedModules,
  principal: Principal | null,
  entries: MenuView['navigation'],
  unmet: Unmet,
) {
  const { name, summary, pages = {} } = plugin;
  return {
    name,
    version,
    summary,
    module: modules.addressOf(name),
    fits: (pages.contract ?? PAGES_CONTRACT) === PAGES_CONTRACT,
    navigation: entries.flatMap(({ plugin: of, ...entry }) => (of === name ? [entry] : [])),
    commands: usable(principal, pages.commands, unmet.get(name)).map(
      ({ id, title, path = null, shortcut = null, words }) => ({
        id,
        title: textOf(title),
        path,
        shortcut,
        words: wordsOf(words),
      }),
    ),
    cards: usable(principal, pages.cards, unmet.get(name)).map(({ id, title, width = 1 }) => ({
      id,
      title: textOf(title),
      width,
    })),
  };
}
