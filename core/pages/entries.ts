/** Entries of the navigation as they look on the wire, and which of them somebody may use. */
import Type, { type Static } from 'typebox';
import { type Access, refusalOf } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';
import type { NavigationEntry, PageText } from './pages.ts';

export const TextView = Type.Record(Type.String(), Type.String(), {
  description: 'By language; there is always `en`',
});
export const NavigationView = Type.Object({
  id: Type.String(),
  title: TextView,
  path: Type.String(),
  section: Type.String(),
  icon: Type.Union([Type.String(), Type.Null()]),
  order: Type.Integer(),
});
export type NavigationView = Static<typeof NavigationView>;

const DEFAULT_ORDER = 100;

/** Those of one plugin that the principal may use. */
export function navigationFor(
  principal: Principal | null,
  plugin: string,
  entries: readonly NavigationEntry[] = [],
): NavigationView[] {
  return usable(principal, entries).map(({ id, title, path, section, icon, order = DEFAULT_ORDER }) => ({
    id,
    title: textOf(title),
    path,
    section: section ?? plugin,
    icon: icon ?? null,
    order,
  }));
}

export function usable<E extends { access?: Access }>(principal: Principal | null, entries: readonly E[] = []): E[] {
  return entries.filter(({ access = 'user' }) => refusalOf(access, principal) === null);
}

export function textOf(text: PageText): Record<string, string> {
  return typeof text === 'string' ? { en: text } : { ...text };
}
