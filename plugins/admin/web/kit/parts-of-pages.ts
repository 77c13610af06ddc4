/** Parts that plugins draw within pages of others: cards, and what stands in places. Each is loaded when it is first shown. */
import { useRouteContext } from '@tanstack/react-router';
import { type ComponentType, lazy } from 'react';
import { addLocales } from '../i18n/i18n.ts';
import type { Lazy, Pages } from './define-pages.ts';

const NONE: readonly Pages[] = [];
// biome-ignore lint/suspicious/noExplicitAny: what a part is given is known where it is asked for
const drawn = new Map<string, ComponentType<any>>();

/** The router has them in the context of its routes. */
export function useLoadedPages(): readonly Pages[] {
  const context: { loaded?: { pages: readonly Pages[] } } = useRouteContext({ strict: false });
  return context.loaded?.pages ?? NONE;
}

/** Texts first, then the part: nobody sees keys in place of words. The same component each time it is drawn. */
export function partOf<Props>(
  { name, locales }: Pages,
  id: string,
  load: Lazy<Props> | undefined,
): ComponentType<Props> | null {
  if (!load) return null;
  const key = `${name}.${id}`;
  const known = drawn.get(key);
  if (known) return known;
  const made = lazy(async () => {
    const [part] = await Promise.all([load(), addLocales(name, locales)]);
    return part;
  });
  drawn.set(key, made);
  return made;
}
