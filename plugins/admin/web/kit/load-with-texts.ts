/** A part of a plugin's pages with its texts. */
import { addLocales } from '../i18n/i18n.ts';
import type { Pages } from './define-pages.ts';

/** Texts first, then the page: nobody sees keys in place of words. */
export async function loadWithTexts<T>({ name, locales }: Pages, load: () => Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([load(), addLocales(name, locales)]);
  return loaded;
}
