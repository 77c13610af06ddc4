/** The cookie of page sessions: never read by scripts, never sent by other sites. */
import type { AuthConfig } from '../config.ts';

export interface PageCookie {
  name: string;
  /** The `Set-Cookie` value that keeps a token for so long. */
  set(token: string, milliseconds: number): string;
  /** The `Set-Cookie` value that removes it. */
  removal: string;
}

/**
 * `Strict`, because nothing is behind a link of another site that needs the cookie: pages are public, and what they call comes
 * from this origin. `__Host-` (RFC 6265bis §4.1.3.2) keeps sibling domains from setting one, where there is TLS.
 */
export function pageCookie(publicUrl: string): PageCookie {
  const isSecure = publicUrl.startsWith('https:');
  const name = isSecure ? '__Host-patchbay-page' : 'patchbay-page';
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  return {
    name,
    set: (token, milliseconds) =>
      `${name}=${token}; Max-Age=${Math.max(0, Math.ceil(milliseconds / 1000))}; ${attributes}`,
    removal: `${name}=; Max-Age=0; ${attributes}`,
  };
}

/** How long a session lasts: to its end in any case, and to `idle` after its last use. */
export function lifetimeOf({ session }: AuthConfig): { idleMs: number; endMs: number } {
  return { idleMs: session.idleMinutes * 60_000, endMs: session.days * 24 * 3600_000 };
}
