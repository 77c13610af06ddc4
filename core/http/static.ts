/** Files of plugins' folders: pages, scripts, pictures. */
import { send } from '@koa/send';
import type Koa from 'koa';

export interface StaticFolder {
  /** Path under which the files are served, e.g. `/docs/assets`. */
  prefix: string;
  folder: URL;
  /** How long browsers may keep a file; 0 asks again each time (with its ETag). */
  maxAgeSeconds?: number;
  /** File that answers for every unknown path below the prefix (a single-page application). */
  fallback?: string;
}

/** Serves the request when a folder claims its path and has the file. Path traversal is refused by `@koa/send`. */
export async function serveStatic(ctx: Koa.Context, folders: readonly StaticFolder[]): Promise<boolean> {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return false;
  for (const folder of folders) {
    if (ctx.path !== folder.prefix && !ctx.path.startsWith(`${folder.prefix}/`)) continue;
    const root = decodeURIComponent(folder.folder.pathname);
    const options = { root, index: 'index.html', maxAge: (folder.maxAgeSeconds ?? 0) * 1000 };
    const rest = ctx.path.slice(folder.prefix.length) || '/';
    if (await sent(ctx, rest, options)) return true;
    if (folder.fallback && (await sent(ctx, `/${folder.fallback}`, options))) return true;
  }
  return false;
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
