/**
 * The page in which the web UI runs. It is made for each answer, because of the nonce for styles; its scripts are this
 * server's alone, and no text ever becomes a script (Trusted Types). What the address needs is loaded at once.
 */
import { randomBytes } from 'node:crypto';
import type { Shell } from '#core/plugin.ts';
import { type Built, type Files, readBuilt } from './built.ts';

/** Style attributes and elements of libraries carry the nonce; everything else comes from files. */
const POLICY = [
  "default-src 'none'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
].join('; ');

const NONCE_BYTES = 16;

export function createShell(): Shell {
  // Read when it is first asked for: commands that serve nothing need no pages.
  let read: { built: Built; pages: readonly { pattern: RegExp; isPublic: boolean; files: Files }[] } | undefined;

  return ({ path, hasCookie }) => {
    read ??= patternsOf(readBuilt());
    const { built, pages } = read;
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    const page = pages.find(({ pattern }) => pattern.test(path));
    const around = hasCookie && !page?.isPublic ? [built.shell] : [];
    // Who is sent to sign in needs nothing of where they wanted to go.
    const shown = hasCookie || page?.isPublic ? page?.files : built.signIn;
    const parts = [built.entry, ...around, ...(shown ? [shown] : [])];
    return {
      html: htmlOf(built, parts, nonce, hasCookie),
      contentSecurityPolicy: `${POLICY}; script-src 'self' 'sha256-${built.importMapHash}'; style-src 'self' 'nonce-${nonce}'`,
    };
  };
}

function patternsOf(built: Built) {
  return { built, pages: built.pages.map(({ path, ...page }) => ({ ...page, pattern: patternOf(path) })) };
}

function htmlOf({ entry, importMap }: Built, parts: readonly Files[], nonce: string, hasCookie: boolean): string {
  const styles = unique(parts.flatMap((part) => part.styles));
  const scripts = unique(parts.flatMap((part) => part.scripts)).filter((script) => script !== entry.scripts[0]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="csp-nonce" content="${nonce}">
${hasCookie ? '<meta name="has-cookie">' : ''}
<title>Patchbay</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<script type="importmap">${importMap}</script>
${styles.map((href) => `<link rel="stylesheet" href="${href}">`).join('\n')}
${scripts.map((href) => `<link rel="modulepreload" href="${href}">`).join('\n')}
<script type="module" src="${entry.scripts[0]}"></script>
</head>
<body><div id="root"><p class="opening">Patchbay</p></div><noscript>Patchbay's pages need JavaScript.</noscript></body>
</html>
`;
}

/** `/users/$id` as a pattern of addresses. */
function patternOf(path: string): RegExp {
  const parts = path
    .split('/')
    .map((part) => (part.startsWith('$') ? '[^/]+' : part.replace(/[.*+?^()|[\]\\{}]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}/?$`);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
