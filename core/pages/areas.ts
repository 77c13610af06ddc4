/**
 * Areas of the menu: the few things that people do here. Pages of plugins belong to one of them, or their plugin brings one of
 * its own; what nobody may see, or no plugin brings, is not there.
 */
import type { NavigationEntry, PageArea, PluginPages } from './pages.ts';

/** Those of the platform, as they stand in the menu. */
const CORE_AREAS: readonly PageArea[] = [
  { id: 'home', title: { en: 'Home', zh: '首页' }, icon: 'home', order: 10 },
  { id: 'inbox', title: { en: 'Inbox', zh: '客服' }, icon: 'message', order: 20 },
  { id: 'mail', title: { en: 'Mail', zh: '邮件' }, icon: 'mail', order: 30 },
  { id: 'automations', title: { en: 'Automations', zh: '自动化' }, icon: 'route', order: 40 },
  { id: 'assistants', title: { en: 'Assistants', zh: '助手' }, icon: 'robot', order: 50 },
  { id: 'sales', title: { en: 'Sales', zh: '销售' }, icon: 'coins', order: 60 },
  { id: 'settings', title: { en: 'Settings', zh: '设置' }, icon: 'settings', order: 10, isAtFoot: true },
  { id: 'status', title: { en: 'Status', zh: '状态' }, icon: 'activity', order: 20, isAtFoot: true },
];

/** An entry with the area that it is in; `below` names the other one in full: `plugin.id`. */
export interface PlacedEntry extends NavigationEntry {
  area: string;
}

export interface DeclaredMenu {
  areas: readonly PageArea[];
  navigation: readonly { plugin: string; entries: readonly PlacedEntry[] }[];
}

interface WithPages {
  name: string;
  pages?: PluginPages;
}

/** The full names of pages about an area of the server's settings, by this. */
export type PagesAboutSettings = ReadonlyMap<string, string>;
/** The entries that an entry brings for the areas of the server's settings. */
type EntriesBelow = (entry: NavigationEntry, about: PagesAboutSettings) => readonly NavigationEntry[];

/** All areas there are, and in which one each entry is. An area that nobody brings leaves none of its pages without a menu. */
export function declaredMenu(plugins: readonly WithPages[], below: EntriesBelow = () => []): DeclaredMenu {
  const areas = new Map(
    [...CORE_AREAS, ...plugins.flatMap(({ pages }) => pages?.areas ?? [])].map((one) => [one.id, one]),
  );
  for (const one of CORE_AREAS) areas.set(one.id, one);
  const about = pagesAboutSettings(plugins);
  const placed = (plugin: string, entry: NavigationEntry): PlacedEntry => {
    const { area = plugin, below: parent } = entry;
    if (!areas.has(area)) areas.set(plugin, areas.get(plugin) ?? ownArea(plugin, entry));
    return {
      ...entry,
      area: areas.has(area) ? area : plugin,
      ...(parent && { below: parent.includes('.') ? parent : `${plugin}.${parent}` }),
    };
  };
  const navigation = plugins.map(({ name, pages }) => ({
    plugin: name,
    entries: (pages?.navigation ?? [])
      .flatMap((entry) => [entry, ...(entry.hasSettings ? below(entry, about) : [])])
      .map((entry) => placed(name, entry)),
  }));
  return { areas: [...areas.values()], navigation };
}

/** By the area of the server's settings. */
function pagesAboutSettings(plugins: readonly WithPages[]): PagesAboutSettings {
  return new Map(
    plugins.flatMap(({ name, pages }) =>
      (pages?.navigation ?? []).flatMap(({ id, settings }) =>
        settings === undefined ? [] : [[settings, `${name}.${id}`] as const],
      ),
    ),
  );
}

/** Of a plugin that names none: as its first page is called. */
function ownArea(name: string, { title, icon }: NavigationEntry): PageArea {
  return { id: name, title, ...(icon && { icon }) };
}
