/** HTML of strangers: nothing of it runs, nothing of it loads, and nothing of it gets out of its frame. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { hostile } from '#test/support/hostile-mail.ts';
import { htmlMail, mailOf } from '#test/support/mail.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const KINDS = [
  'open brackets',
  'open style',
  'open scripts',
  'open comments',
  'links with half an address',
  'deep elements',
];

describe('hostile HTML mail', function () {
  this.timeout(90_000);
  let app: TestPlatform;
  let visitor: Visitor;
  let tracker: Server;
  let origin = '';
  /** What was asked of the sender's server, and by whom. */
  const asked: { path: string; browser: string }[] = [];
  before(async () => {
    tracker = createServer((request, response) => {
      asked.push({ path: request.url ?? '', browser: request.headers['sec-fetch-dest']?.toString() ?? '' });
      response.writeHead(200, { 'content-type': 'image/gif' }).end(PIXEL);
    });
    await new Promise<void>((resolve) => void tracker.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}`;
    app = await startPages(
      { mail: { smtp: { port: 0 } } },
      { config: { http: { outbound: { allow: ['127.0.0.1'] } } } },
    );
    await mailOf(app).http.post('/api/create', { local: 'ada' });
  });
  after(async () => {
    await app.stop();
    tracker.close();
  });
  afterEach(() => visitor.leave());

  it('runs nothing and loads nothing; pictures come through this server, and only when they are asked for', async () => {
    const attack = `<p>Dear customer</p>
      <script>top.hacked = 1; fetch('${origin}/script')</script>
      <img src="${origin}/pixel.gif" onload="top.hacked = 2"><img src=x onerror="fetch('${origin}/onerror')">
      <svg onload="fetch('${origin}/svg')"><image href="${origin}/svg-image"/></svg>
      <link rel=stylesheet href="${origin}/style.css"><style>@import '${origin}/import.css'; body { background: url(${origin}/back.gif) }</style>
      <div style="background:url(${origin}/inline.gif)">x</div><iframe src="${origin}/frame"></iframe><object data="${origin}/object"></object>
      <meta http-equiv="refresh" content="0;url=${origin}/refresh"><base href="${origin}/base/">
      <form action="${origin}/form"><button>Sign in</button></form><video src="${origin}/video" autoplay></video>
      <a href="javascript:top.hacked=3">click</a><a href="${origin}/link">shop</a>`;
    await mailOf(app).deliver(htmlMail('<img src=x onerror=top.hacked=4>Attack', attack));
    await app.services.mailParseLoop.idle();
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail');
    await page.getByRole('link', { name: /Attack/ }).click();
    const frame = page.frameLocator('iframe');
    await frame.getByText('Dear customer').waitFor();
    // Its subject is text in our page.
    await page.getByRole('heading', { name: '<img src=x onerror=top.hacked=4>Attack', level: 2 }).waitFor();
    for (const gone of ['script', 'svg', 'style:nth-of-type(2)', 'iframe', 'object', 'form', 'button', 'video', 'base'])
      assert.equal(await frame.locator(`body ${gone}`).count(), 0, gone);
    assert.equal(await frame.getByText('click').getAttribute('href'), null);
    assert.equal(await page.evaluate('window.hacked'), undefined);
    assert.deepEqual(asked, []);
    await visitor.assertAccessible();

    await page.getByRole('button', { name: 'Load pictures' }).click();
    await page.locator('iframe[src$="?images=1"]').waitFor();
    await frame.getByText('Dear customer').waitFor();
    const picture = frame.locator('img[src*="/api/platform/mail/picture?key="]').first();
    await picture.waitFor();
    await visitor.context.request.get((await picture.getAttribute('src')) ?? '');
    // This server has fetched it, and no browser.
    assert.deepEqual(new Set(asked.map(({ path, browser }) => `${path} ${browser}`)), new Set(['/pixel.gif ']));
    assert.equal(await page.evaluate('window.hacked'), undefined);
  });

  it('stands under a policy of its own, which holds without the frame too', async () => {
    const [{ id }] = await mailOf(app).list();
    visitor = await visit(app);
    const { page, context } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    const answer = await context.request.get(`/api/platform/mail/messages/${id}/page`);
    assert.equal(
      answer.headers()['content-security-policy'],
      "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    );
    assert.equal(answer.headers()['x-frame-options'], 'SAMEORIGIN');
    await visitor.open('/mail');
    await page.getByRole('link', { name: /Attack/ }).click();
    const frame = page.getByTitle('Mail: <img src=x onerror=top.hacked=4>Attack');
    assert.equal(await frame.getAttribute('sandbox'), 'allow-popups allow-popups-to-escape-sandbox');
    // Nobody makes a link to a picture, or to another one.
    for (const key of ['x', 'v1.AAAA']) {
      const refused = await context.request.get(`/api/platform/mail/picture?key=${key}`);
      assert.equal(refused.status(), 403);
    }
  });

  it('is shown as far as it can be read, however it is broken', async () => {
    const { deliver, list } = mailOf(app);
    for (const kind of KINDS) await deliver(hostile[kind]?.(40_000) ?? '');
    await app.services.mailParseLoop.idle();
    const ids = (await list()).slice(0, KINDS.length).map(({ id }) => id);
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail');
    for (const id of ids) {
      if (id === ids[0]) await page.getByRole('link', { name: /html/ }).first().click();
      else await page.keyboard.press('j');
      await page.waitForURL((address) => address.searchParams.get('message') === String(id));
      await page.getByRole('heading', { name: 'html', level: 2 }).waitFor();
      await page.getByRole('tab', { name: 'Source' }).click();
      await page.getByText('Content-Type: text/html').waitFor();
    }
  });
});
