/** Documents that are kept in step with a site, a repository and a folder, each as its real server speaks. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { listGit } from '#plugins/ai-replies/knowledge/sources/git.ts';
import { type KnowledgePlatform, type Library, libraryOf, ok, startKnowledge } from './knowledge-support.ts';
import { answeringServer, davServer, gitServer, siteServer } from './source-servers.ts';

const DAV_PASSWORD = 'seven giraffes';

describe('sources of knowledge', () => {
  let app: KnowledgePlatform;
  let shop: Library;
  before(async () => {
    app = await startKnowledge();
  });
  beforeEach(async () => {
    shop = await libraryOf(app, { name: crypto.randomUUID() }, shop?.person);
  });
  after(() => app.stop());

  const path = (): string => `/api/platform/ai/bases/${shop.base}/sources`;
  const add = async (wish: object): Promise<any> => {
    const { id } = await ok(shop.person.http.post(path(), wish));
    return read(id);
  };
  const read = async (id: string): Promise<any> => {
    await app.services.jobs.idle();
    return (await ok(shop.person.http.get(path()))).items.find((source: any) => source.id === id);
  };
  const sync = async (id: string): Promise<any> => {
    await ok(shop.person.http.post(`/api/platform/ai/sources/${id}/sync`));
    return read(id);
  };
  const names = async (): Promise<string[]> =>
    (await ok(shop.person.http.get(`/api/platform/ai/documents?base_id=${shop.base}&limit=200`))).items
      .map(({ name, state }: any) => `${name} ${state}`)
      .sort();
  const found = async (text: string): Promise<string[]> =>
    (await shop.find(text, { bases: [shop.base] })).passages.map((passage: any) => passage.text);

  it('follows a site by its map, and reads again what the map says has changed', async () => {
    const site = await siteServer();
    const map = (pages: readonly [string, string?][]): string =>
      `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${pages
        .map(([page, at]) => `<url><loc>${site.url}${page}</loc>${at ? `<lastmod>${at}</lastmod>` : ''}</url>`)
        .join('')}<url><loc>http://127.0.0.2/elsewhere</loc></url></urlset>`;
    site.pages.set('/robots.txt', `User-agent: *\nSitemap: ${site.url}/maps.xml\n`);
    site.pages.set(
      '/maps.xml',
      `<?xml version="1.0"?><sitemapindex><sitemap><loc>${site.url}/map.xml</loc></sitemap></sitemapindex>`,
    );
    site.pages.set(
      '/map.xml',
      map([
        ['/help/a?x=1&amp;y=2', '2026-01-01'],
        ['/help/b', '2026-01-01'],
        ['/shop', '2026-01-01'],
      ]),
    );
    site.pages.set('/help/a?x=1&y=2', '<html><title>A</title><body><p>Zebras have stripes.</p></body></html>');
    site.pages.set('/help/b', '<html><title>B</title><body><p>Lions have manes.</p></body></html>');
    const source = await add({ kind: 'site', url: site.url, within: '/help/' });
    assert.deepEqual([source.state, source.reason, source.documents], ['ready', '', 2]);
    assert.deepEqual(await names(), ['A ready', 'B ready']);

    site.pages.set('/help/a?x=1&y=2', '<html><title>A</title><body><p>Zebras have dots.</p></body></html>');
    site.pages.set('/help/c', '<html><title>C</title><body><p>Tapirs swim.</p></body></html>');
    site.pages.set(
      '/map.xml',
      map([
        ['/help/a?x=1&amp;y=2', '2026-02-02'],
        ['/help/c', '2026-02-02'],
      ]),
    );
    await sync(source.id);
    await app.services.jobs.idle();
    assert.deepEqual(await names(), ['A ready', 'C ready']);
    assert.match((await found('zebras'))[0] ?? '', /dots/);

    site.pages.delete('/map.xml');
    const failed = await sync(source.id);
    assert.match(failed.reason, /status 404/);
    assert.deepEqual(await names(), ['A ready', 'C ready'], 'what was found before stays');
    await site.stop();
  });

  it('tells nothing of the query of an address, which may hold a key', async () => {
    const site = await siteServer();
    const { reason } = await add({ kind: 'site', url: `${site.url}/map.xml?key=seven-giraffes` });
    assert.match(reason, /map\.xml\?\*{4} answers with status 404/);
    await site.stop();
  });

  it('gives others their turn while it reads what a site sends', async () => {
    const site = await siteServer();
    const { host } = new URL(site.url);
    site.pages.set('/robots.txt', `${'\n'.repeat(300_000)}Sitemap: ${site.url}/map.xml\n`);
    site.pages.set('/map.xml', `<urlset>${`<url><loc>http://${host}/shop</loc></url>`.repeat(150_000)}</urlset>`);
    let turns = 0;
    const others = setInterval(() => turns++, 1);
    const source = await add({ kind: 'site', url: site.url, within: '/shop' });
    clearInterval(others);
    assert.deepEqual([source.state, source.documents], ['ready', 1], source.reason);
    assert.ok(turns > 20, `others had ${turns} turns`);
    await site.stop();
  });

  it('says so when a repository ends between two of its files', async function () {
    const git = await gitServer(null);
    if (!git) return this.skip();
    git.commit({ 'a.md': 'A', 'b.md': 'B' });
    const { signal } = new AbortController();
    const order = {
      url: `${git.url}/shop.git`,
      within: '',
      branch: '',
      authorization: null,
      maxFileBytes: 100,
      signal,
    };
    const listing = await listGit(app.services.outbound, order);
    const files = listing.files(listing.items)[Symbol.asyncIterator]();
    await files.next();
    listing.close();
    await setTimeout(200);
    await assert.rejects(async () => files.next(), /takes too long/);
    await git.stop();
  });

  it('follows a repository over git’s protocol, as somebody', async function () {
    const authorization = `Basic ${Buffer.from('ada:token').toString('base64')}`;
    const git = await gitServer(authorization);
    if (!git) return this.skip();
    git.commit({
      'docs/a.md': '# Zebras\n\nZebras have stripes.',
      'docs/deep/b.md': 'Lions have manes.',
      'code.md': 'x',
    });
    const url = `${git.url}/shop.git`;
    const refused = await add({ kind: 'git', url });
    assert.deepEqual([refused.state, /token is wrong/.test(refused.reason)], ['failed', true], refused.reason);
    const source = await add({ kind: 'git', url, within: 'docs/', user_name: 'ada', password: 'token' });
    assert.deepEqual([source.state, source.reason, source.has_password], ['ready', '', true]);
    assert.deepEqual(await names(), ['docs/a.md ready', 'docs/deep/b.md ready']);

    git.commit({ 'docs/a.md': '# Zebras\n\nZebras have dots.', 'docs/deep/b.md': null, 'docs/c.md': 'Tapirs swim.' });
    await sync(source.id);
    assert.deepEqual(await names(), ['docs/a.md ready', 'docs/c.md ready']);
    assert.match((await found('zebras'))[0] ?? '', /dots/);
    assert.deepEqual((await found('lions')).length, 0);
    const unknown = await add({ kind: 'git', url, branch: 'nowhere', user_name: 'ada', password: 'token' });
    assert.match(unknown.reason, /nowhere|branch/i);
    await git.stop();
  });

  it('leaves out what no database takes as a name, and reads everything else', async () => {
    const responses = ['/a%00b.md', `/${'é'.repeat(600)}.md`, '/c.md'].map(
      (href) => `<response><href>${href}</href><propstat><prop><getetag>1\0</getetag></prop></propstat></response>`,
    );
    const dav = await answeringServer(({ method }) =>
      method === 'PROPFIND' ? [207, `<multistatus>${responses.join('')}</multistatus>`] : [200, 'Zebras have stripes.'],
    );
    const source = await add({ kind: 'webdav', url: dav.url });
    assert.deepEqual([source.state, source.documents], ['ready', 1]);
    assert.match(source.reason, /a name that is too long/);
    assert.deepEqual(await names(), ['c.md ready']);
    await dav.stop();
  });

  it('follows a folder over WebDAV, and leaves what it has brought or takes it along', async () => {
    const dav = await davServer(DAV_PASSWORD);
    await dav.put('/help/a.md', 'Zebras have stripes.');
    await dav.put('/help/über uns/b.txt', 'Lions have manes.');
    const wish = { kind: 'webdav', url: `${dav.url}/help`, user_name: 'ada' };
    const refused = await add({ ...wish, password: 'wrong' });
    assert.match(refused.reason, /password is wrong/);
    const source = await add({ ...wish, password: DAV_PASSWORD });
    assert.deepEqual([source.state, source.reason, source.documents], ['ready', '', 2]);
    assert.deepEqual(await names(), ['a.md ready', 'über uns/b.txt ready']);

    await dav.put('/help/a.md', 'Zebras have dots, many of them.');
    await dav.remove('/help/über uns/b.txt');
    await dav.put('/help/c.md', 'Tapirs swim.');
    await sync(source.id);
    assert.deepEqual(await names(), ['a.md ready', 'c.md ready']);
    assert.match((await found('zebras'))[0] ?? '', /dots/);

    await ok(shop.person.http.delete(`/api/platform/ai/sources/${source.id}?keep=yes`));
    assert.deepEqual(await names(), ['a.md ready', 'c.md ready']);
    const again = await add({ ...wish, password: DAV_PASSWORD });
    assert.equal((await names()).length, 4);
    await ok(shop.person.http.delete(`/api/platform/ai/sources/${again.id}`));
    await app.services.jobs.idle();
    assert.deepEqual(await names(), ['a.md ready', 'c.md ready']);
    await dav.stop();
  });

  it('reads of a folder over WebDAV what may be read, and leaves what it cannot see', async () => {
    const refused = new Set<string>();
    const there = new Set(['/a.md', '/deep/b.md', '/deep/c.md', '/d.md']);
    const dav = await answeringServer(({ method, url = '/' }) => {
      if (refused.has(url)) return [403, ''];
      if (method !== 'PROPFIND') return [200, `Zebras of ${url} have stripes.`];
      const entries = [...there, '/deep/'].filter((path) => path !== url && new RegExp(`^${url}[^/]+/?$`).test(path));
      const responses = entries.map(
        (path) =>
          `<response><href>${path}</href><propstat><prop><getetag>${refused.size}</getetag><resourcetype>${path.endsWith('/') ? '<collection/>' : ''}</resourcetype></prop></propstat></response>`,
      );
      return [207, `<multistatus>${responses.join('')}</multistatus>`];
    });
    refused.add('/a.md');
    const source = await add({ kind: 'webdav', url: dav.url });
    assert.deepEqual([source.state, source.reason], ['ready', 'a.md answers with status 403']);
    assert.deepEqual(await names(), ['d.md ready', 'deep/b.md ready', 'deep/c.md ready']);

    refused.clear();
    refused.add('/deep/');
    there.delete('/d.md');
    const later = await sync(source.id);
    assert.equal(later.reason, 'deep/ answers with status 403');
    assert.deepEqual(
      await names(),
      ['a.md ready', 'deep/b.md ready', 'deep/c.md ready'],
      'nobody said that these are gone',
    );
    refused.clear();
    there.delete('/deep/c.md');
    await sync(source.id);
    assert.deepEqual(await names(), ['a.md ready', 'deep/b.md ready']);
    await dav.stop();
  });

  it('goes on when somebody deletes a document while its source is read', async () => {
    let version = 1;
    let isDeleted = false;
    const { db } = app.services;
    const dav = await answeringServer(async ({ method, url = '/' }) => {
      if (method === 'PROPFIND')
        return [
          207,
          `<multistatus>${['/a.md', '/b.md']
            .map(
              (path) =>
                `<response><href>${path}</href><propstat><prop><getetag>${version}</getetag></prop></propstat></response>`,
            )
            .join('')}</multistatus>`,
        ];
      if (version === 2 && url === '/a.md' && !isDeleted) {
        isDeleted = true;
        const { items } = await ok(shop.person.http.get(`/api/platform/ai/documents?base_id=${shop.base}`));
        const { id } = items.find(({ name }: any) => name === 'a.md');
        await ok(shop.person.http.delete(`/api/platform/ai/documents/${id}`));
      }
      return [200, `Version ${version} of ${url}`];
    });
    const source = await add({ kind: 'webdav', url: dav.url });
    version = 2;
    const after = await sync(source.id);
    assert.deepEqual([after.state, after.reason], ['ready', '']);
    assert.deepEqual(await names(), ['b.md ready']);
    const left = await db.read('ai_replies_documents').where({ name: 'b.md', is_gone: 0 }).first('source_version');
    assert.equal(left?.source_version, '2');
    await sync(source.id);
    assert.deepEqual(await names(), ['a.md ready', 'b.md ready'], 'as long as it is there it comes again');
    await dav.stop();
  });

  it('sends no password where everybody may read it', async () => {
    const post = (url: string, more: object = {}) => shop.person.http.post(path(), { kind: 'webdav', url, ...more });
    for (const more of [{ user_name: 'ada' }, { password: 'x' }]) {
      const { status, body } = await post('http://example.com/', more);
      assert.deepEqual([status, body.code], [422, 'password_in_the_clear']);
    }
    const dav = await answeringServer(() => [207, '<multistatus></multistatus>']);
    const { id } = await add({ kind: 'webdav', url: dav.url });
    await dav.stop();
    const sources = app.services.db.write('ai_replies_sources').where({ uuid: id });
    await sources.clone().update({ url: 'http://example.com/' });
    const changed = await shop.person.http.patch(`/api/platform/ai/sources/${id}`, { password: 'x' });
    assert.deepEqual([changed.status, changed.body.code], [422, 'password_in_the_clear']);
    await sources.clone().update({ user_name: 'ada' });
    assert.match((await sync(id)).reason, /over https alone/, 'also of one that was there before');
  });

  it('is nobody else’s, and leads nowhere inside', async () => {
    const inside = await shop.person.http.post(path(), { kind: 'webdav', url: 'http://10.0.0.1/' });
    assert.deepEqual([inside.status, inside.body.code], [422, 'bad_address']);
    const foreign = await libraryOf(app);
    assert.equal((await foreign.person.http.get(path())).status, 404);
    assert.equal((await foreign.person.http.post(path(), { kind: 'site', url: 'https://example.com' })).status, 404);
  });

  it('reads again by its schedule, and what was lost', async () => {
    const site = await siteServer();
    site.pages.set('/sitemap.xml', `<?xml version="1.0"?><urlset><url><loc>${site.url}/a</loc></url></urlset>`);
    site.pages.set('/a', '<html><body>Zebras have stripes.</body></html>');
    const source = await add({ kind: 'site', url: `${site.url}/sitemap.xml`, schedule: '0 3 * * *' });
    assert.ok(source.next_sync_at);
    const before = site.asked.length;
    const later = async (ms: number): Promise<void> => {
      await app.clock.advance(ms);
      await app.platform.cron.runDue();
      await app.services.jobs.idle();
    };
    await later(25 * 3600_000);
    assert.ok(site.asked.length > before);
    const row = { state: 'waiting' as const, wanted: 77 };
    await app.services.db.write('ai_replies_sources').where({ uuid: source.id }).update(row);
    await later(6 * 60_000);
    const after = await app.services.db.read('ai_replies_sources').where({ uuid: source.id }).first();
    assert.equal(after?.state, 'ready');
    await site.stop();
  });
});
