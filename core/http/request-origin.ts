/**
 * Whether a request comes from a page of this server. Cookies come along by themselves, so whoever takes them asks this.
 * Sub-domains, other ports, `null` and the same host without TLS are others.
 */

/**
 * `own`: a page of this origin, as the browser says. `direct`: the person typed the address or opened a bookmark.
 * `unsaid`: no browser that says, or no browser. `foreign`: everything else.
 */
export type RequestOrigin = 'own' | 'direct' | 'unsaid' | 'foreign';

/** `header` gives '' for what is absent; `publicUrl` is the server's own address. */
export function requestOrigin(header: (name: string) => string, publicUrl: string): RequestOrigin {
  const origin = header('origin');
  // Fetch Metadata (W3C): sent where the address is trustworthy, which plain http in a local network is not.
  const site = header('sec-fetch-site');
  if (origin !== '') {
    const isOwn = isOwnOrigin(origin, header('host'), publicUrl) && (site === '' || site === 'same-origin');
    return isOwn ? 'own' : 'foreign';
  }
  if (site === '') return 'unsaid';
  if (site === 'same-origin') return 'own';
  return site === 'none' ? 'direct' : 'foreign';
}

/** The public address, or the one that the browser has called: a browser does not let pages choose the Host. */
function isOwnOrigin(origin: string, host: string, publicUrl: string): boolean {
  if (origin === new URL(publicUrl).origin) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, host: named } = new URL(origin);
  // Where the server is reached by TLS, what came without may have been changed on its way.
  return named === host && (protocol === 'https:' || (protocol === 'http:' && !publicUrl.startsWith('https:')));
}
