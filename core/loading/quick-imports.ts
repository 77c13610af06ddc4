/**
 * Imports in a checkout without what makes them slow: most of a start is Node finding, reading and linking modules one by one.
 * `scripts/bundle-packages.ts` makes a file of each of the largest packages (TypeBox alone is seven hundred), and what this
 * checkout imports by their names is that file, once it was made. What it imports of its own is where it says. Packages among
 * each other, and what plugins of others import, go Node's way (docs/decisions/0029).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ResolveFnOutput, registerHooks } from 'node:module';

const ROOT = new URL('../../', import.meta.url).href;
/** Folders that run from here. Plugins of others bring packages of their own. */
const OWN = ['core/', 'package/', 'plugins/'].map((folder) => ROOT + folder);
const IS_CHECKOUT = import.meta.url.endsWith('.ts');

/** Where the files are that were made of the packages in the lock file: a folder with `packages.json`, files by what is imported. */
export function bundlesFolder(): URL {
  const hash = createHash('sha256').update(readFileSync(new URL('package-lock.json', ROOT)));
  return new URL(`node_modules/.patchbay-packages/${hash.digest('hex')}/`, ROOT);
}

/** For all imports of this thread that follow. */
export function quickenImports(): void {
  if (!IS_CHECKOUT) return;
  const bundles = readBundles();
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const { parentURL, conditions } = context;
      const found =
        conditions.includes('import') && isOurs(parentURL) && (ownFile(specifier, parentURL) ?? bundles.get(specifier));
      return found ? { ...found, shortCircuit: true } : nextResolve(specifier, context);
    },
  });
}

function readBundles(): Map<string, ResolveFnOutput> {
  try {
    const folder = bundlesFolder();
    const files: Record<string, string> = JSON.parse(readFileSync(new URL('packages.json', folder), 'utf8'));
    return new Map(
      Object.entries(files).map(([name, file]) => [name, { url: new URL(file, folder).href, format: 'module' }]),
    );
  } catch {
    // Installed without the packages that make them.
    return new Map();
  }
}

function isOurs(url: string | undefined): url is string {
  return url !== undefined && OWN.some((folder) => url.startsWith(folder));
}

/** `./x.ts`, `../x.ts`, and `#core/x.ts` by package.json; null for anything else. */
function ownFile(specifier: string, parentURL: string): ResolveFnOutput | null {
  if (!specifier.endsWith('.ts')) return null;
  const format = 'module-typescript';
  if (specifier.startsWith('#')) return { url: ROOT + specifier.slice(1), format };
  return specifier.startsWith('.') ? { url: new URL(specifier, parentURL).href, format } : null;
}
