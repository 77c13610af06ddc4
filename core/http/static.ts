/** Files of plugins' folders: pages, scripts, pictures. */
import { Readable } from 'node:stream';
import { send } from '@koa/send';
import type Koa from 'koa';

export interface StaticFolder {
  /** Path under which the files are served, e.g. `/docs/assets`. */
  prefix: string;
  folder: URL;
  /** How long browsers may keep a file; 0 asks again each time (with its ETag). */
  maxAgeSeconds?: number;
  /** Of its pages; default: they load and call what comes from this server. */
  contentSecurityPolicy?: string;
  /** File that answers for every unknown path below the prefix (a single-page application). */
  fallback?: string;
}

const OWN_PAGES = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Serves the request when a folder claims its path and has the file. Path traversal is refused by `@koa/send`. */
export async function serveStatic(ctx: Koa.Context, folders: readonly StaticFolder[]): Promise<boolean> {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return false;
  for (const folder of folders) {
    if (ctx.path !== folder.prefix && !ctx.path.startsWith(`${folder.prefix}/`)) continue;
    const root = decodeURIComponent(folder.folder.pathname);
    const options = { root, index: 'index.html', maxAge: (folder.maxAgeSeconds ?? 0) * 1000 };
    const rest = ctx.path.slice(folder.prefix.length) || '/';
    const isSent =
      (await sent(ctx, rest, options)) || (folder.fallback && (await sent(ctx, `/${folder.fallback}`, options)));
    if (!isSent) continue;
    if (ctx.type === 'text/html') ctx.set('content-security-policy', folder.contentSecurityPolicy ?? OWN_PAGES);
    answerUnchanged(ctx);
    return true;
  }
  return false;
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
  const before = ctx.response.get('cache-control');
  ctx.remove('cache-control');
  try {
    if (await send(ctx, path, options)) return true;
    ctx.set('cache-control', before);
    return false;
  } catch (error) {
    ctx.set('cache-control', before);
    const status = error instanceof Error && 'status' in error ? error.status : 500;
    if (status === 404 || status === 403 || status === 400) return false;
    throw error;
  }
}
