/** Files of plugins' folders: pages, scripts, pictures. */
import { Readable } from 'node:stream';
import { send } from '@koa/send';
import type Koa from 'koa';
import { applyHeaders, type HeaderPolicy, headersOf } from './header-policy.ts';

export interface StaticFolder {
  /** Path under which the files are served, e.g. `/docs/assets`. */
  prefix: string;
  folder: URL;
  /**
   * Where its files differ from what is usual for files: kept, and asked for again each time (with their ETag); pages that
   * load and call what comes from this server. The content security policy is that of its pages alone.
   */
  headers?: HeaderPolicy;
  /** File that answers for every unknown path below the prefix (a single-page application). */
  fallback?: string;
}

const OF_FILES: HeaderPolicy = { caching: { seconds: 0, shared: true } };
const OF_PAGES = "default-src 'self'; object-src 'none'; base-uri 'none'";

/** Serves a request when a folder claims its path and has the file. Path traversal is refused by `@koa/send`. */
export function createStaticFolders(folders: readonly StaticFolder[]): (ctx: Koa.Context) => Promise<boolean> {
  const known = folders.map((folder) => {
    const policy = { ...OF_FILES, ...folder.headers };
    const where = `the folder ${folder.prefix}`;
    return {
      ...folder,
      root: decodeURIComponent(folder.folder.pathname),
      ofPages: headersOf({ contentSecurityPolicy: OF_PAGES, ...policy }, where),
      ofFiles: headersOf({ ...policy, contentSecurityPolicy: undefined }, where),
    };
  });

  return async function serve(ctx) {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return false;
    for (const { prefix, root, fallback, ofPages, ofFiles } of known) {
      if (ctx.path !== prefix && !ctx.path.startsWith(`${prefix}/`)) continue;
      const options = { root, index: 'index.html' };
      const rest = ctx.path.slice(prefix.length) || '/';
      const isSent = (await sent(ctx, rest, options)) || (fallback && (await sent(ctx, `/${fallback}`, options)));
      if (!isSent) continue;
      applyHeaders(ctx.res, ctx.type === 'text/html' ? ofPages : ofFiles);
      answerUnchanged(ctx);
      return true;
    }
    return false;
  };
}

/** RFC 9110 §13: a file that the browser has in this version is not sent again. */
function answerUnchanged(ctx: Koa.Context): void {
  const modified = Date.parse(ctx.response.get('last-modified'));
  ctx.set('etag', `"${modified.toString(36)}-${ctx.length?.toString(36) ?? ''}"`);
  ctx.status = 200;
  if (!ctx.fresh) return;
  const body: unknown = ctx.body;
  ctx.status = 304;
  if (body instanceof Readable) body.destroy();
}

async function sent(ctx: Koa.Context, path: string, options: Parameters<typeof send>[2]): Promise<boolean> {
  try {
    return (await send(ctx, path, options)) !== undefined;
  } catch (error) {
    const status = error instanceof Error && 'status' in error ? error.status : 500;
    if (status === 404 || status === 403 || status === 400) return false;
    throw error;
  }
}
