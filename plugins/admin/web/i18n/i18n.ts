/** Languages: English and Simplified Chinese. The shell's texts come with it, those of a plugin with its first page. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { type Language, language } from '../client/language.ts';

export { LANGUAGES, type Language, language } from '../client/language.ts';

/** Texts of a plugin by their key, as its JSON files hold them. */
export type Locale = { default: Record<string, unknown> };
export type Locales = Record<Language, () => Promise<Locale>>;

const SHELL: Locales = { en: () => import('./en.json'), zh: () => import('./zh.json') };
const known = new Map<string, Locales>([['shell', SHELL]]);

/** Loads the shell's texts; `language.set` changes the language from then on. */
export async function startLanguages(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language.get(),
    fallbackLng: false,
    defaultNS: 'shell',
    ns: ['shell'],
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
    returnEmptyString: false,
  });
  await load('shell', language.get());
  document.documentElement.lang = tagOf(language.get());
  language.subscribe(() => void change(language.get()));
}

/** Makes the texts of a plugin known, and loads them; `useTranslation(plugin)` gives them. */
export async function addLocales(plugin: string, locales: Locales): Promise<void> {
  known.set(plugin, locales);
  await load(plugin, language.get());
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
  const shown = [...known.keys()].filter((plugin) => i18next.hasResourceBundle(i18next.language, plugin));
  await Promise.all(shown.map((plugin) => load(plugin, chosen)));
  document.documentElement.lang = tagOf(chosen);
  await i18next.changeLanguage(chosen);
}

async function load(plugin: string, chosen: Language): Promise<void> {
  if (i18next.hasResourceBundle(chosen, plugin)) return;
  const locales = known.get(plugin);
  const texts = await (chosen === 'zh' ? locales?.zh() : locales?.en());
  if (texts) i18next.addResourceBundle(chosen, plugin, texts.default);
}
