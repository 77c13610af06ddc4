/**
 * The texts of signing in, of all that speak there, as one module for each language: `patchbay-texts:en`. A stranger loads
 * no others; whoever goes on gets the whole ones.
 */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const PREFIX = 'patchbay-texts:';
/** Sections by whose they are. */
const SECTIONS = {
  shell: {
    folder: '../i18n/',
    names: [
      'waiting',
      'copy',
      'copied',
      'close',
      'failure',
      'error',
      'issue',
      'notFound',
      'page',
      'preferences',
      'showTyped',
    ],
  },
  auth: {
    folder: '../../../auth/ui/locales/',
    names: ['error', 'field', 'signIn', 'newServer', 'passkey'],
  },
} as const;

export function firstTexts(): Plugin {
  return {
    name: 'patchbay-first-texts',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null;
      const language = id.slice(PREFIX.length + 1);
      const texts = Object.entries(SECTIONS).map(([owner, { folder, names }]) => {
        const file = new URL(`${folder}${language}.json`, import.meta.url);
        const all: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
        return [owner, Object.fromEntries(names.map((name) => [name, sectionOf(all, name, file.pathname)]))];
      });
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(texts)))});`;
    },
  };
}

function sectionOf(all: Readonly<Record<string, unknown>>, name: string, file: string): unknown {
  const section = all[name];
  if (section === undefined) throw new Error(`${file} has no "${name}", which signing in shows`);
  return section;
}
