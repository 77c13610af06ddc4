/** Languages: English and Simplified Chinese. The shell's texts come with it, those of a plugin with its first page. */
import { type Language, language } from '../client/language.ts';
import { addTexts, hasTexts, showIn, shownLanguage } from './texts.ts';

export { LANGUAGES, type Language, language } from '../client/language.ts';

/** Texts of a plugin by their key, as its JSON files hold them. */
export type Locale = { default: Record<string, unknown> };
export type Locales = Record<Language, () => Promise<Locale>>;

const SHELL: Locales = { en: () => import('./en.json'), zh: () => import('./zh.json') };
/** What signing in says, of all that speak there (build/first-texts.ts). */
const FIRST = { en: () => import('patchbay-texts:en'), zh: () => import('patchbay-texts:zh') };
const known = new Map<string, Locales>([['shell', SHELL]]);
/** Whose texts are there as a whole, by language. */
const whole: Record<Language, Set<string>> = { en: new Set(), zh: new Set() };

/** Loads the shell's texts, of which a stranger needs few; `language.set` changes the language from then on. */
export async function startLanguages(isStranger: boolean): Promise<void> {
  await (isStranger ? loadFirst(language.get()) : load('shell', language.get()));
  document.documentElement.lang = tagOf(language.get());
  showIn(language.get());
  language.subscribe(() => void change(language.get()));
}

/** Makes the texts of a plugin known, and loads them; `useTranslation(plugin)` gives them. */
export async function addLocales(plugin: string, locales: Locales): Promise<void> {
  known.set(plugin, locales);
  await Promise.all([load(plugin, language.get()), loadShell()]);
}

/** The shell's texts as a whole: a stranger has begun with a part of them. */
export function loadShell(): Promise<void> {
  return load('shell', language.get());
}

/** Says where a plugin's texts are, for when they are needed without one of its pages. */
export function knowLocales(plugin: string, locales: Locales): void {
  known.set(plugin, locales);
}

/** Loads the texts of all plugins: what was refused may be another plugin's to name than that of the page. */
export async function loadAll(): Promise<void> {
  await Promise.all([...known.keys()].map((plugin) => load(plugin, language.get())));
}

/** The names of those whose texts are known. */
export function knownTexts(): readonly string[] {
  return [...known.keys()];
}

/** The tag for `Intl` and for `lang` (BCP 47). */
export function tagOf(chosen: Language): string {
  return chosen === 'zh' ? 'zh-Hans' : 'en';
}

/** A text that the server gives in several languages. */
export function textIn(text: Readonly<Record<string, string>>): string {
  return text[language.get()] ?? text.en ?? '';
}

async function change(chosen: Language): Promise<void> {
  const shown = [...known.keys()].filter((plugin) => hasTexts(shownLanguage(), plugin));
  await Promise.all(shown.map((plugin) => load(plugin, chosen)));
  document.documentElement.lang = tagOf(chosen);
  showIn(chosen);
}

async function load(plugin: string, chosen: Language): Promise<void> {
  if (whole[chosen].has(plugin)) return;
  const locales = known.get(plugin);
  const texts = await (chosen === 'zh' ? locales?.zh() : locales?.en());
  if (!texts) return;
  addTexts(chosen, plugin, texts.default);
  whole[chosen].add(plugin);
}

async function loadFirst(chosen: Language): Promise<void> {
  const { default: texts } = await FIRST[chosen]();
  for (const [owner, sections] of Object.entries(texts)) addTexts(chosen, owner, sections);
}
