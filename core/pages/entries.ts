/** The menu as it looks on the wire, and what of it somebody may use. */
import Type, { type Static } from 'typebox';
import { type Access, refusalOf } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';
import type { DeclaredMenu, PlacedEntry } from './areas.ts';
import type { PageArea, PageText, When } from './pages.ts';

export const TextView = Type.Record(Type.String(), Type.String(), {
  description: 'By language; there is always `en`',
});
export const AreaView = Type.Object({
  id: Type.String(),
  title: TextView,
  icon: Type.Union([Type.String(), Type.Null()]),
  order: Type.Integer(),
  is_at_foot: Type.Boolean({ description: 'Below the others, apart from them' }),
});
export type AreaView = Static<typeof AreaView>;

export const NavigationView = Type.Object({
  id: Type.String(),
  title: TextView,
  path: Type.String(),
  area: Type.String({ description: 'Where it is in the menu: one of `areas`' }),
  group: Type.Union([Type.String(), Type.Null()], {
    description: 'In the settings, whose they are: `you`, `organisation` or `server`',
  }),
  below: Type.Union([Type.String(), Type.Null()], { description: 'The entry, as `plugin.id`, that it is a part of' }),
  words: Type.Record(Type.String(), Type.String(), { description: 'What else it is looked for by, by language' }),
  icon: Type.Union([Type.String(), Type.Null()]),
  order: Type.Integer(),
});
export type NavigationView = Static<typeof NavigationView>;

export interface MenuView {
  /** In which there is something to use. */
  areas: AreaView[];
  navigation: (NavigationView & { plugin: string })[];
}

const DEFAULT_ORDER = 100;

/** Conditions that do not hold for somebody, by the plugin that has them. */
export type Unmet = ReadonlyMap<string, ReadonlySet<When>>;
const ALL_MET: Unmet = new Map();

/** What the principal may use of the menu; without what is unmet, which is no matter of rights. */
export function menuFor(
  principal: Principal | null,
  { areas, navigation }: DeclaredMenu,
  unmet: Unmet = ALL_MET,
): MenuView {
  const usableEntries = navigation.flatMap(({ plugin, entries }) =>
    usable(principal, entries, unmet.get(plugin)).map((entry) => ({ plugin, entry })),
  );
  const byName = new Map(usableEntries.map(({ plugin, entry }) => [`${plugin}.${entry.id}`, entry]));
  const seen = usableEntries.map(({ plugin, entry }) => {
    const parent = parentOf(entry, byName, [`${plugin}.${entry.id}`]);
    return { plugin, ...viewOf(entry, parent) };
  });
  const filled = new Set(seen.map(({ area }) => area));
  return { areas: areas.filter(({ id }) => filled.has(id)).map(areaView), navigation: seen };
}

/** What it is a part of, where that is there for them too; otherwise it stands for itself. What is below that is beside it. */
function parentOf(
  { below }: PlacedEntry,
  byName: ReadonlyMap<string, PlacedEntry>,
  passed: readonly string[],
): Parent | undefined {
  const parent = below === undefined || passed.includes(below) ? undefined : byName.get(below);
  if (below === undefined || !parent) return undefined;
  return parentOf(parent, byName, [...passed, below]) ?? { ...parent, name: below };
}

type Parent = PlacedEntry & { name: string };

function viewOf(entry: PlacedEntry, parent: Parent | undefined): NavigationView {
  const { id, title, path, words, icon, order = DEFAULT_ORDER } = entry;
  const { area, group } = parent ?? entry;
  return {
    id,
    title: textOf(title),
    path,
    area,
    group: group ?? null,
    below: parent?.name ?? null,
    words: wordsOf(words),
    icon: icon ?? null,
    order,
  };
}

function areaView({ id, title, icon, order = DEFAULT_ORDER, isAtFoot = false }: PageArea): AreaView {
  return { id, title: textOf(title), icon: icon ?? null, order, is_at_foot: isAtFoot };
}

export function usable<E extends { access?: Access; when?: When }>(
  principal: Principal | null,
  entries: readonly E[] = [],
  unmet?: ReadonlySet<When>,
): E[] {
  return entries.filter(
    ({ access = 'user', when }) => refusalOf(access, principal) === null && !(when && unmet?.has(when)),
  );
}

export function textOf(text: PageText): Record<string, string> {
  return typeof text === 'string' ? { en: text } : { ...text };
}

export function wordsOf(words: PageText | undefined): Record<string, string> {
  return words === undefined ? {} : textOf(words);
}
