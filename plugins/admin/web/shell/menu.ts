/** The menu as this person has it: areas, the pages in them, and what is a part of a page there. */
import { useRouterState } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type Ui, useUi } from '../client/me.ts';
import { useStore } from '../client/store.ts';
import { language, textIn } from '../i18n/i18n.ts';

type Texts = Readonly<Record<string, string>>;

export interface MenuItem {
  key: string;
  title: string;
  /** What else it is looked for by: its title and words in all languages. */
  words: string;
  path: string;
  icon: string | null;
  group: string | null;
  /** Its parts, which stand beside it once it is open. */
  parts: readonly MenuItem[];
}

export interface MenuArea {
  id: string;
  title: string;
  icon: string | null;
  isAtFoot: boolean;
  items: readonly MenuItem[];
}

export interface NamedCommand {
  key: string;
  plugin: string;
  id: string;
  title: string;
  words: string;
  path: string | null;
  shortcut: string | null;
}

export interface Place {
  area: MenuArea;
  /** The tab, and what of it is open, which is itself or one of its parts. */
  item: MenuItem;
  open: MenuItem;
}

/** In the language of the page. */
export function useMenu(): readonly MenuArea[] {
  const ui = useUi();
  const chosen = useStore(language);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the titles are in the language
  return useMemo(() => menuOf(ui), [ui, chosen]);
}

export function useCommands(): readonly NamedCommand[] {
  const { plugins } = useUi();
  useStore(language);
  return plugins.flatMap(({ name, commands }) =>
    commands.map(({ id, title, words, path, shortcut }) => ({
      key: `${name}.${id}`,
      plugin: name,
      id,
      title: textIn(title),
      words: wordsOf(title, words),
      path,
      shortcut,
    })),
  );
}

/** Where one is: null on a page that no entry leads to. */
export function useMenuPlace(): Place | null {
  const areas = useMenu();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return placeOf(areas, path);
}

export function menuOf({ areas, plugins }: Ui): readonly MenuArea[] {
  const entries = plugins
    .flatMap(({ name, navigation }) => navigation.map((entry) => ({ ...entry, key: `${name}.${entry.id}` })))
    .sort((one, other) => one.order - other.order);
  const tops = new Set(entries.filter(({ below }) => below === null).map(({ key }) => key));
  const item = ({ key, title, words, path, icon, group }: (typeof entries)[number]): MenuItem => ({
    key,
    title: textIn(title),
    words: wordsOf(title, words),
    path,
    icon,
    group,
    parts: entries.filter((part) => part.below === key && !tops.has(part.key)).map(item),
  });
  return areas
    .toSorted((one, other) => one.order - other.order)
    .map(({ id, title, icon, is_at_foot }) => ({
      id,
      title: textIn(title),
      icon,
      isAtFoot: is_at_foot,
      items: entries.filter(({ area, below }) => area === id && (below === null || !tops.has(below))).map(item),
    }));
}

/** The entry that the address lies below, the longest one first. */
export function placeOf(areas: readonly MenuArea[], path: string): Place | null {
  const all = areas.flatMap((area) =>
    area.items.flatMap((item) => [item, ...item.parts].map((open): Place => ({ area, item, open }))),
  );
  const [best = null] = all
    .filter(({ open }) => isWithin(path, open.path))
    .sort((one, other) => other.open.path.length - one.open.path.length);
  return best;
}

/** The address of the area's first page. */
export function startOf({ items }: MenuArea): string {
  return items[0]?.path ?? '/';
}

function wordsOf(title: Texts, words: Texts): string {
  return [...Object.values(title), ...Object.values(words)].join(' ').toLowerCase();
}

function isWithin(path: string, entry: string): boolean {
  return entry === '/' ? path === '/' : path === entry || path.startsWith(`${entry}/`);
}

/** From the address of an area, which has no page for this person, to the first one that they have there. */
export function startOfArea(path: string, ui: Ui): string | null {
  const area = menuOf(ui).find(({ id }) => path === `/${id}`);
  const isTheirs = area?.items.some((item) => [item, ...item.parts].some((one) => one.path === path));
  return area && !isTheirs ? startOf(area) : null;
}
