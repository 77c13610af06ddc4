/** The language that somebody reads: their choice, else that of their browser. */
import { storedValue } from './store.ts';

export const LANGUAGES = { en: 'English', zh: '简体中文' } as const;
export type Language = keyof typeof LANGUAGES;

const isLanguage = (text: string): text is Language => text in LANGUAGES;
const ofBrowser: Language =
  navigator.languages.some((tag) => tag.toLowerCase().startsWith('zh')) &&
  !navigator.languages[0]?.toLowerCase().startsWith('en')
    ? 'zh'
    : 'en';

export const language = storedValue<Language>('patchbay.language', ofBrowser, isLanguage);
