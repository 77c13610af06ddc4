/**
 * What a plugin imports from the platform is the platform that runs: `patchbay-platform/plugin`, `patchbay-platform/kit`, `patchbay-platform/testing` and
 * TypeBox lead to its own files, also from a folder without node_modules, and from a package that brings copies of them.
 */
import { type ResolveFnOutput, type ResolveHookContext, registerHooks } from 'node:module';
import { extname } from 'node:path';
import { refuseOldImport } from './old-name.ts';
import { madeOf } from './quick-imports.ts';

/** `.ts` in a checkout, `.js` in the npm package. */
const EXTENSION = extname(import.meta.url);
const ENTRIES = new Map(
  ['plugin', 'kit', 'testing'].map((name) => [
    `patchbay-platform/${name}`,
    new URL(`../../package/${name}${EXTENSION}`, import.meta.url).href,
  ]),
);
const OURS = /^typebox(\/|$)/;
/** Stands before a package's name and the folder that it is asked for from. */
const FROM = 'patchbay-from:';

let isInstalled = false;
let log: string[] | null = null;

/** Installs the rules above for all imports that follow. Twice is as good as once. */
export function shareModules(): void {
  if (isInstalled) return;
  isInstalled = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      refuseOldImport(specifier, context.parentURL);
      const entry = ENTRIES.get(specifier);
      const found = entry
        ? { ...madeOf(entry), shortCircuit: true }
        : withFormat(nextResolve(...redirected(specifier, context)), context);
      log?.push(found.url);
      return found;
    },
  });
}

function redirected(specifier: string, context: ResolveHookContext): [string, ResolveHookContext] {
  if (OURS.test(specifier)) return [specifier, { ...context, parentURL: import.meta.url }];
  if (!specifier.startsWith(FROM)) return [specifier, context];
  const { key, parentURL } = JSON.parse(decodeURIComponent(specifier.slice(FROM.length)));
  return [key, { ...context, parentURL }];
}

/** TypeScript that is imported is a module, also in a folder whose package.json does not say so: Node would warn. */
function withFormat(found: ResolveFnOutput, { conditions }: ResolveHookContext): ResolveFnOutput {
  const isUndecided = !found.format && found.url.endsWith('.ts') && conditions.includes('import');
  return isUndecided ? { ...found, format: 'module-typescript' } : found;
}

/** The file that `import 'key'` means in a folder, as a URL. Throws what Node throws for a package that is not there. */
export function resolveFrom(folder: URL, key: string): string {
  shareModules();
  return import.meta.resolve(
    FROM + encodeURIComponent(JSON.stringify({ key, parentURL: new URL('x.js', folder).href })),
  );
}

/** Does the work; gives the URLs of all modules that were asked for meanwhile, in order, whether it throws or not. */
export async function resolvedDuring(work: () => Promise<void>): Promise<string[]> {
  const urls: string[] = [];
  log = urls;
  try {
    await work();
  } finally {
    log = null;
  }
  return urls;
}
