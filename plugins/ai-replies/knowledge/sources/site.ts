/** A site by its site map (sitemaps.org 0.9): what it names of its own host, pages of its maps of maps, too. */
import { setImmediate } from 'node:timers/promises';
import { gunzip } from 'node:zlib';
import { messageOf, type Outbound, type OutboundAnswer, partsOf, textIn } from '#core/kit.ts';
import { shownPage } from '../page-address.ts';
import { MOST_ITEMS, type SourceItem, type SourceListing, type SourceOrder, SourceProblem } from './types.ts';

const MOST_MAPS = 50;
const MAP_BYTES = 10 * 1024 * 1024;
/** What every reader of it has to take (RFC 9309, 2.5). */
const ROBOTS_BYTES = 500 * 1024;
/** Of one map (sitemaps.org). */
const MOST_ENTRIES = 50_000;
/** Others have their turn between so many entries. */
const ENTRIES_AT_ONCE = 200;
const TIMEOUT_MS = 30_000;
const LONGEST_ADDRESS = 1_000;
const GZIP = 0x1f8b;

export async function listSite(outbound: Outbound, order: SourceOrder): Promise<SourceListing> {
  const items = new Map<string, SourceItem>();
  const left: string[] = [];
  const unseen = new Set<string>();
  const maps = await mapsOf(outbound, order);
  const seen = new Set(maps);
  for (const map of seen) {
    order.signal.throwIfAborted();
    const xml = await textAt(outbound, order, map);
    for (const part of partsOf(xml, 'sitemap', MOST_ENTRIES)) {
      const address = addressOf(textIn(part, 'loc'), map);
      if (address && seen.size < MOST_MAPS) seen.add(address.href);
      else if (address && !seen.has(address.href)) leave(`More than ${MOST_MAPS} site maps`);
    }
    for (const [place, part] of partsOf(xml, 'url', MOST_ENTRIES).entries()) {
      if (place % ENTRIES_AT_ONCE === 0) await setImmediate();
      const address = addressOf(textIn(part, 'loc'), map);
      if (!address?.pathname.startsWith(order.within || '/') || address.href.length > LONGEST_ADDRESS) continue;
      if (items.size >= MOST_ITEMS) leave(`More than ${MOST_ITEMS} pages`);
      else items.set(address.href, { path: address.href, version: textIn(part, 'lastmod').slice(0, 40) });
    }
  }
  return {
    items: [...items.values()],
    arePages: true,
    version: '',
    left: [...new Set(left)],
    unseen,
    files,
    close() {},
  };

  function leave(why: string): void {
    left.push(why);
    unseen.add('');
  }
}

/** As the address says, or as the site's robots.txt does (RFC 9309, and its "Sitemap"), or where it usually lies. */
async function mapsOf(outbound: Outbound, order: SourceOrder): Promise<string[]> {
  const site = new URL(order.url);
  if (/\.xml(?:\.gz)?$/i.test(site.pathname)) return [site.href];
  const answer = await robotsOf(outbound, order, site);
  const named = answer?.status !== 200 ? [] : mapsIn(answer.body.subarray(0, ROBOTS_BYTES).toString('utf8'));
  const own = named.flatMap((written) => addressOf(written, site.href)?.href ?? []);
  return own.length > 0 ? own.slice(0, MOST_MAPS) : [new URL('/sitemap.xml', site).href];
}

/** Line by line: an expression over all of it would look through its empty lines again from each of them. */
function mapsIn(robots: string): string[] {
  return robots.split('\n').flatMap((line) => /^[^\S\n]{0,99}sitemap:[^\S\n]{0,99}(\S{1,1000})/i.exec(line)?.[1] ?? []);
}

/** Null when none can be had: then the map is where it usually is. */
async function robotsOf(outbound: Outbound, { signal }: SourceOrder, site: URL): Promise<OutboundAnswer | null> {
  try {
    return await outbound.request(new URL('/robots.txt', site), { timeoutMs: TIMEOUT_MS, signal });
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** Null for what is of another host: a map may name its own alone. */
function addressOf(written: string, map: string): URL | null {
  if (!URL.canParse(written)) return null;
  const address = new URL(written);
  address.hash = '';
  const isWeb = address.protocol === 'http:' || address.protocol === 'https:';
  return isWeb && address.host === new URL(map).host ? address : null;
}

async function textAt(outbound: Outbound, { signal, authorization, url }: SourceOrder, map: string): Promise<string> {
  const headers: Record<string, string> =
    authorization !== null && new URL(map).origin === new URL(url).origin ? { authorization } : {};
  const answer = await outbound
    .request(map, { headers, timeoutMs: TIMEOUT_MS, maxBytes: MAP_BYTES, retries: 1, signal })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw new SourceProblem(`The site map could not be read: ${messageOf(error)}`);
    });
  if (answer.status !== 200)
    throw new SourceProblem(`The site map ${shownPage(map)} answers with status ${answer.status}`);
  const isPacked = answer.body.length > 2 && answer.body.readUInt16BE(0) === GZIP;
  return (isPacked ? await unpacked(answer.body) : answer.body).toString('utf8');
}

async function unpacked(bytes: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const refused = new SourceProblem('A packed site map is damaged, or too large');
  gunzip(bytes, { maxOutputLength: MAP_BYTES }, (error, content) => (error ? reject(refused) : resolve(content)));
  return promise;
}

async function* files(): AsyncGenerator<never> {}
