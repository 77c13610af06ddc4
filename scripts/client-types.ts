/**
 * Types of the whole API for TypeScript clients (`openapi-fetch`): `npm run client:types > api.d.ts`, of the plugins that
 * the configuration names.
 *
 * openapi-typescript builds what it writes with the JavaScript API of TypeScript 5, which 7 no longer has: it gets the
 * one inside of @ts-morph/common. (Installed by itself, it would also bring its `tsc`.)
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { withPlatform } from '#core/commands/with-platform.ts';
import type { OpenApiDocument } from '#core/openapi/document.ts';

/** Named in a variable: its types would bring those of browsers along. */
const GENERATOR: string = 'openapi-typescript';

const TYPESCRIPT_5 = '@ts-morph/common/dist/typescript.js';

interface Generator {
  default(document: string, options: { silent: boolean }): Promise<unknown>;
  astToString(types: unknown): string;
}

/** The types, as the text of a `.d.ts` file. */
export async function clientTypes(document: OpenApiDocument): Promise<string> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      next(
        specifier === 'typescript' && context.parentURL?.includes(`/node_modules/${GENERATOR}/`)
          ? TYPESCRIPT_5
          : specifier,
        context,
      ),
  });
  try {
    const { default: generate, astToString }: Generator = await import(GENERATOR);
    return astToString(await generate(JSON.stringify(document), { silent: true }));
  } finally {
    hooks.deregister();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await withPlatform('describe', async (platform) => {
    process.stdout.write(await clientTypes(platform.openapi()));
  });
}
