/**
 * Modules that pages of third parties import by their bare names and share with the shell: one React, one cache of data. Each
 * is an entry of its own, which the import map of the page points to.
 */
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';
import { SHARED_MODULES } from '#core/kit.ts';

/** React is CommonJS, so what it exports has to be named. */
const COMMON_JS = ['react', 'react-dom', 'react/jsx-runtime'];
/** What is shared of a module of which pages need little. */
const PARTS: Readonly<Record<string, readonly string[]>> = { 'react-i18next': ['useTranslation'] };

const PREFIX = 'patchbay-host:';
const require = createRequire(import.meta.url);
const NAME = /^[A-Za-z_$][\w$]*$/;

export const hostEntries: Readonly<Record<string, string>> = Object.fromEntries(
  SHARED_MODULES.map((name) => [`host-${name.replaceAll(/[@/]+/g, '-').replace(/^-/, '')}`, PREFIX + name]),
);

export function hostModules(): Plugin {
  return {
    name: 'patchbay-host-modules',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null;
      const name = id.slice(PREFIX.length + 1);
      if (!COMMON_JS.includes(name)) return `export ${partsOf(name)} from '${name}';`;
      const names = Object.keys(require(name)).filter((one) => NAME.test(one) && one !== 'default');
      return `import all from '${name}';\nexport default all;\nexport const { ${names.join(', ')} } = all;`;
    },
  };
}

function partsOf(name: string): string {
  const parts = PARTS[name];
  return parts ? `{ ${parts.join(', ')} }` : '*';
}

/** The bare name of an entry; null for every other chunk. */
export function sharedName(facadeModuleId: string | null): string | null {
  return facadeModuleId?.startsWith(`\0${PREFIX}`) ? facadeModuleId.slice(PREFIX.length + 1) : null;
}
