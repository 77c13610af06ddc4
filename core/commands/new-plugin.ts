/**
 * `patchbay new-plugin NAME [--ui]`: writes a complete plugin with its test, ready to be changed. The template is a plugin called
 * `sample` (package/new-plugin), checked and tested like everything here; its name is what changes.
 */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../errors.ts';
import { coreVersion } from '../version.ts';

const HOME = fileURLToPath(new URL('../../', import.meta.url));
const TEMPLATE = join(HOME, 'package', 'new-plugin');
/** What is added for pages. */
const PAGES = join(HOME, 'package', 'new-plugin-ui');
/** What the pages are typed by: at run time they are the shell's. */
const PAGE_PACKAGES = {
  '@mantine/core': '9.7.3',
  '@mantine/hooks': '9.7.3',
  '@tanstack/react-query': '^5.108.0',
  '@types/react': '^19.3.0',
  react: '^19.3.1',
  'react-i18next': '^17.1.13',
  vite: '^8.3.8',
};
/** npm leaves files of this name out of packages, and reads them there. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

interface Wish {
  folder: string;
  ui?: boolean;
}

export async function newPlugin(name: string, { folder, ui = false }: Wish): Promise<void> {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name) || name === 'core') {
    throw new ConfigError(`'${name}' cannot be a plugin's name: use lower-case letters, digits and dashes`);
  }
  const home = resolve(folder, name);
  if (existsSync(home)) throw new ConfigError(`${folder}/${name} already exists`);
  for (const template of ui ? [TEMPLATE, PAGES] : [TEMPLATE]) {
    for (const entry of readdirSync(template, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const place = relative(template, join(entry.parentPath, RENAMED[entry.name] ?? entry.name));
      const target = join(home, named(place, name));
      const written = named(await readFile(join(entry.parentPath, entry.name), 'utf8'), name);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, fitted(place, ui ? withPages(place, written) : written, home));
    }
  }
  process.stdout.write(
    `Wrote ${join(folder, name)}. Switch it on in ${configFile()}:\n\n  plugins:\n    ${keyOf(home)}: {}\n\n` +
      `Test it: npx patchbay test ${join(folder, name)}\n`,
  );
}

/** In names of tables, of types, of variables, and by itself. */
function named(text: string, name: string): string {
  const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return text
    .replaceAll('sample_', `${name.replaceAll('-', '_')}_`)
    .replaceAll(
      'Sample',
      camel.replace(/^./, (letter) => letter.toUpperCase()),
    )
    .replaceAll(/sample(?=[A-Z])/g, camel)
    .replaceAll('sample', name);
}

/** What names the pages in files that a plugin without them has too. */
function withPages(file: string, text: string): string {
  if (file === '.gitignore') return `${text}pages/\n`;
  if (file === 'index.ts')
    return text
      .replace('import { remind,', "import { pages } from './pages.ts';\nimport { remind,")
      .replace('  functions: [addNote],', '  pages,\n  functions: [addNote],');
  if (file !== 'package.json') return text;
  const manifest = JSON.parse(text);
  const build = 'patchbay build-pages';
  manifest.files.push('pages');
  manifest.scripts = {
    ...manifest.scripts,
    'build:ui': build,
    prepack: `npm run build && npm run build:ui && cp -r pages dist/`,
  };
  Object.assign(manifest.devDependencies, PAGE_PACKAGES);
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Versions and paths of this platform. A checkout is in nobody's node_modules, so its files are named. */
function fitted(file: string, text: string, home: string): string {
  const isCheckout = import.meta.url.endsWith('.ts');
  const way = relative(home, HOME).replaceAll('\\', '/');
  if (file === 'package.json') {
    const fitting = text.replace(/("patchbay-platform": )"[^"]*"/, `$1"^${coreVersion()}"`);
    return isCheckout ? fitting.replaceAll('"patchbay ', `"node ${way}/scripts/patchbay.mjs `) : fitting;
  }
  if (file === 'tsconfig.json' && isCheckout) {
    const paths = `"paths": { "patchbay-platform/*": ["${way}/dist/package/*.d.ts"] },`;
    return text.replace('"rootDir"', `${paths}\n    "rootDir"`);
  }
  if (file === join('ui', 'tsconfig.json') && isCheckout) {
    const kit = `../${way}/plugins/admin/web/kit`;
    return text
      .replace('"types": []', `"types": ["vite/client"],\n    "paths": { "patchbay-platform/ui": ["${kit}/index.ts"] }`)
      .replace('"include": ["."]', `"include": [".", "${kit}/icons.d.ts"]`);
  }
  return text;
}

function configFile(): string {
  return process.env.PATCHBAY_CONFIG ?? 'patchbay.yaml';
}

/** Folders of plugins start from the configuration file. */
function keyOf(home: string): string {
  const way = relative(dirname(resolve(configFile())), home);
  return way.startsWith('.') ? way : `./${way}`;
}
