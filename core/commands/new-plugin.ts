/**
 * `patchbay new-plugin NAME`: writes a complete plugin with its test, ready to be changed. The template is a plugin called
 * `sample` (package/new-plugin), checked and tested like everything here; its name is what changes.
 */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../config/config-error.ts';
import { coreVersion } from '../version.ts';

const HOME = fileURLToPath(new URL('../../', import.meta.url));
const TEMPLATE = join(HOME, 'package', 'new-plugin');
/** npm leaves files of this name out of packages, and reads them there. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

export async function newPlugin(name: string, { folder }: { folder: string }): Promise<void> {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name) || name === 'core') {
    throw new ConfigError(`'${name}' cannot be a plugin's name: use lower-case letters, digits and dashes`);
  }
  const home = resolve(folder, name);
  if (existsSync(home)) throw new ConfigError(`${folder}/${name} is there already`);
  for (const entry of readdirSync(TEMPLATE, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const from = join(entry.parentPath, entry.name);
    const target = join(
      home,
      named(relative(TEMPLATE, join(entry.parentPath, RENAMED[entry.name] ?? entry.name)), name),
    );
    const text = fitted(entry.name, named(await readFile(from, 'utf8'), name), home);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
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

/** Versions and paths of this platform. A checkout is in nobody's node_modules, so its files are named. */
function fitted(file: string, text: string, home: string): string {
  const isCheckout = import.meta.url.endsWith('.ts');
  const way = relative(home, HOME).replaceAll('\\', '/');
  if (file === 'package.json') {
    const fitting = text.replace(/("patchbay": )"[^"]*"/, `$1"^${coreVersion()}"`);
    return isCheckout ? fitting.replace('"patchbay test"', `"node ${way}/scripts/patchbay.mjs test"`) : fitting;
  }
  if (file === 'tsconfig.json' && isCheckout) {
    const paths = `"paths": { "patchbay/*": ["${way}/dist/package/*.d.ts"] },`;
    return text.replace('"rootDir"', `${paths}\n    "rootDir"`);
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
