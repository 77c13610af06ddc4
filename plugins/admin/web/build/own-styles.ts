/**
 * Each component of Mantine brings its own style sheet: a page loads those of what it draws, and not the whole sheet of the
 * library. A component imports the ones it is made of before its classes, so sheets follow each other as in the whole one.
 */
import { existsSync } from 'node:fs';
import type { Plugin } from 'vite';

const CLASSES = /^(?<library>.*\/@mantine\/core)\/esm\/.*\/(?<component>\w+)\.module\.mjs$/;

export function ownStyles(): Plugin {
  return {
    name: 'patchbay-own-styles',
    enforce: 'pre',
    transform(code, id) {
      const { library, component } = CLASSES.exec(id)?.groups ?? {};
      if (!component || !existsSync(`${library}/styles/${component}.css`)) return;
      return { code: `import '@mantine/core/styles/${component}.css';\n${code}`, map: null };
    },
  };
}
