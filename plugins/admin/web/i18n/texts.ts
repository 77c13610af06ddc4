/**
 * Texts of pages by owner and key, in the language that is shown: keys with `:` and `.`, `{{values}}`, plurals by `_one` and
 * `_other`, as i18next has them, which itself weighs more than all the texts of signing in (decision 55).
 */

export interface Options {
  /** Whose text it is, where the key does not say. */
  ns?: string;
  /** Said when there is no such text; without it the key is. */
  defaultValue?: string | null;
  /** Chooses between `_one`, `_other` and their like, and is a value too. */
  count?: number;
  readonly [value: string]: unknown;
}

export type TFunction = (key: string | readonly string[], options?: Options) => string;

export interface Texts {
  readonly language: string;
  exists(key: string, options?: Pick<Options, 'ns'>): boolean;
}

export interface Translation {
  t: TFunction;
  i18n: Texts;
}

type Sections = Readonly<Record<string, unknown>>;

const VALUE = /\{\{\s*(?<name>[\w.]+)\s*\}\}/g;
const SHELL = 'shell';

const byLanguage = new Map<string, Map<string, Sections>>();
const readers = new Set<() => void>();
let shown = 'en';
let plurals = new Intl.PluralRules(shown);
/** By owner, the same until the language changes: then what was drawn in the one before is drawn again. */
let translations = new Map<string, Translation>();

/** Adds sections, in place of those of the same name. */
export function addTexts(language: string, owner: string, sections: Sections): void {
  const owners = byLanguage.get(language) ?? new Map<string, Sections>();
  byLanguage.set(language, owners.set(owner, { ...owners.get(owner), ...sections }));
}

export function hasTexts(language: string, owner: string): boolean {
  return byLanguage.get(language)?.has(owner) ?? false;
}

export function showIn(language: string): void {
  shown = language;
  plurals = new Intl.PluralRules(language);
  translations = new Map();
  for (const read of readers) read();
}

export function shownLanguage(): string {
  return shown;
}

export function exists(key: string, options: Pick<Options, 'ns'> = {}): boolean {
  return textOf(key, options.ns ?? SHELL, undefined) !== undefined;
}

/** What is said for the first of the keys that there is a text for. */
export const t: TFunction = (key, options = {}) => say(key, options.ns ?? SHELL, options);

/** The texts of one owner, or of one section of them; the same until the language changes. */
export function textsOf(owner: string = SHELL, section = ''): Translation {
  const name = `${owner}:${section}`;
  const known = translations.get(name);
  if (known) return known;
  const inSection = (key: string): string => (section === '' || key.includes(':') ? key : `${section}.${key}`);
  const made: Translation = {
    t: (key, options = {}) =>
      say(typeof key === 'string' ? inSection(key) : key.map(inSection), options.ns ?? owner, options),
    i18n: { language: shown, exists },
  };
  translations.set(name, made);
  return made;
}

/** Calls back when another language is shown; gives what ends that. */
export function onLanguage(read: () => void): () => void {
  readers.add(read);
  return () => readers.delete(read);
}

function say(key: string | readonly string[], owner: string, options: Options): string {
  const keys = typeof key === 'string' ? [key] : key;
  const found = keys.map((one) => textOf(one, owner, options.count)).find((text) => text !== undefined);
  const text = found ?? options.defaultValue ?? keys.at(-1) ?? '';
  return text.replaceAll(VALUE, (_, name: string) => String(options[name] ?? ''));
}

/** Undefined where there is none, or an empty one. */
function textOf(key: string, owner: string, count: number | undefined): string | undefined {
  const colon = key.indexOf(':');
  const sections = byLanguage.get(shown)?.get(colon < 0 ? owner : key.slice(0, colon));
  const path = colon < 0 ? key : key.slice(colon + 1);
  const plural = count === undefined ? undefined : textAt(sections, `${path}_${plurals.select(count)}`);
  return plural ?? textAt(sections, path);
}

function textAt(sections: Sections | undefined, path: string): string | undefined {
  let at: unknown = sections;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Sections)[name];
  }
  return typeof at === 'string' && at !== '' ? at : undefined;
}
