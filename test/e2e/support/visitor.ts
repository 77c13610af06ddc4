/**
 * A person at a browser: opens pages of a platform, and sees what is wrong with them that nobody looks for (errors in the
 * console, broken policies, failed requests), which fails the test when they leave.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium as driver, type Page, type Request } from 'playwright-core';
import { chromium } from '#scripts/chromium.ts';
import type { TestPlatform } from '#test/support/harness.ts';

export interface VisitorOptions {
  language?: 'en' | 'zh';
  scheme?: 'light' | 'dark';
  /** `phone` is 375 px wide. */
  width?: 'desktop' | 'phone';
  /** The test changes the browser itself (its clock, its authenticators): nobody uses this one again. */
  isAltered?: boolean;
}

export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** Opens a path and waits for its heading. */
  open(path: string): Promise<void>;
  /** Goes to another page of the shell, which stays as it is. */
  go(path: string): Promise<void>;
  /** Signs in through the API and keeps the cookie, so that a test can begin where it has to. */
  signIn(identifier: string, password: string): Promise<void>;
  /** Waits for a level-one heading that says exactly this. */
  sees(heading: string): Promise<void>;
  /** Fails with what axe-core finds on the page. */
  assertAccessible(): Promise<void>;
  /** An error that the test itself brings about is none: a pattern of its text. */
  expectProblem(pattern: RegExp): void;
  /** Closes, and fails with the problems that were seen. */
  leave(): Promise<void>;
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--disable-features=SpareRendererForSitePerProcess',
  // A page lives for seconds: what would make it quick when it has run for longer takes a fifth of the processor before that.
  '--js-flags=--no-opt --no-maglev --max-lazy',
];
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 375, height: 740 } } as const;
const LOCALES = { en: 'en-GB', zh: 'zh-CN' } as const;
/** A machine that runs other tests beside. */
const PATIENCE_MS = 45_000;
const LOOK_MS = 40;
/** No answer takes so long. */
const LONG_MS = 8_000;
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const AXE_RUN = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`;

const WHICH_PAGE = `location.href + ' ' + document.querySelector('h1')?.textContent`;

interface Violation {
  id: string;
  help: string;
  nodes: { html: string }[];
}

/** Runs in the page. */
const POLICY_WATCH = `document.addEventListener('securitypolicyviolation', (event) =>
  console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile));`;

let launched: Promise<Browser> | null = null;

/** One browser for all files that a process runs; it ends with the process. */
function browser(): Promise<Browser> {
  launched ??= driver.launch({ executablePath: chromium(), args: FLAGS });
  return launched;
}

export async function visit(app: Pick<TestPlatform, 'url'>, options: VisitorOptions = {}): Promise<Visitor> {
  const { page, giveBack } = await pageFor(app, options);
  const context = page.context();
  const problems: string[] = [];
  const expected: RegExp[] = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`error: ${error.stack ?? error.message}`));
  const unanswered = watchRequests(page);

  return {
    page,
    context,
    async open(path) {
      await page.goto(path);
      await page.locator('h1').first().waitFor();
    },
    async go(path) {
      if (new URL(page.url()).pathname === path) return;
      const before = await page.title();
      await page.evaluate(
        `history.pushState({}, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`,
      );
      const isThere = `document.title !== ${JSON.stringify(before)} && !document.querySelector('.mantine-Skeleton-root')`;
      const until = Date.now() + PATIENCE_MS;
      // Asked from outside: what the driver evaluates inside, the policy of the page refuses.
      while (!(await page.evaluate(isThere))) {
        assert.ok(Date.now() < until, `${path} does not appear; the title is still ${before}`);
        await page.waitForTimeout(LOOK_MS);
      }
    },
    async signIn(identifier, password) {
      // A page that is open has its stream cut, as the session before ends.
      expected.push(/ERR_INCOMPLETE_CHUNKED_ENCODING/);
      const answer = await context.request.post('/api/platform/auth/session', {
        data: { identifier, password },
        headers: { origin: app.url, 'sec-fetch-site': 'same-origin' },
      });
      assert.equal(answer.status(), 200, await answer.text());
    },
    sees: (heading) => page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor(),
    async assertAccessible() {
      // Evaluated by the driver, which no policy of the page concerns.
      if (!(await page.evaluate(`typeof axe === 'object'`))) await page.evaluate(readFileSync(AXE, 'utf8'));
      const violations = await settled(page, () => page.evaluate(AXE_RUN) as Promise<Violation[]>);
      const lines = violations.map(
        ({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html }) => html).join('\n  ')}`,
      );
      assert.deepEqual(lines, [], `axe-core on ${page.url()}`);
    },
    expectProblem: (pattern) => void expected.push(pattern),
    async leave() {
      problems.push(...unanswered());
      await giveBack();
      const left = problems.filter((problem) => !expected.some((pattern) => pattern.test(problem)));
      assert.deepEqual(left, [], 'what the browser complained about');
    },
  };
}

/** Pages that nobody uses, by platform and options: they have the platform's files in their cache, compiled. */
const idle = new Map<string, Page>();
const EVENTS = ['console', 'pageerror', 'request', 'requestfinished', 'requestfailed', 'response', 'dialog'] as const;
const KEPT_BY_ORIGIN = 'local_storage,indexeddb,service_workers,cache_storage';

async function pageFor(app: Pick<TestPlatform, 'url'>, options: VisitorOptions) {
  const { language = 'en', scheme = 'light', width = 'desktop', isAltered = false } = options;
  const key = [app.url, language, scheme, width].join(' ');
  for (const [other, page] of idle) {
    // Those of platforms that have ended.
    if (other.startsWith(`${app.url} `)) continue;
    idle.delete(other);
    await page.context().close();
  }
  const known = isAltered ? undefined : idle.get(key);
  if (known) idle.delete(key);
  const page = known ?? (await (await newContext(app, { language, scheme, width })).newPage());
  return {
    page,
    async giveBack() {
      if (isAltered || idle.has(key)) return page.context().close();
      await empty(page, app.url, SIZES[width]);
      idle.set(key, page);
    },
  };
}

/** As a new page in a new context, but for what is compiled and cached. */
async function empty(page: Page, origin: string, size: { width: number; height: number }): Promise<void> {
  const context = page.context();
  const origins = new Set([origin, new URL(page.url()).origin].filter((one) => one !== 'null'));
  for (const other of context.pages()) if (other !== page) await other.close();
  for (const event of EVENTS) page.removeAllListeners(event);
  await page.unrouteAll();
  // Who has written something is asked whether to leave.
  page.on('dialog', (dialog) => void dialog.accept());
  // No page of ours, and of the same origin: the process with what it has compiled goes on.
  await page.goto(`${origin}/health`);
  await page.evaluate('sessionStorage.clear()');
  page.removeAllListeners('dialog');
  await page.setViewportSize(size);
  await context.clearCookies();
  await context.clearPermissions();
  const devtools = await context.newCDPSession(page);
  for (const one of origins)
    await devtools.send('Storage.clearDataForOrigin', { origin: one, storageTypes: KEPT_BY_ORIGIN });
  await devtools.detach();
}

async function newContext(
  app: Pick<TestPlatform, 'url'>,
  options: Required<Omit<VisitorOptions, 'isAltered'>>,
): Promise<BrowserContext> {
  const { language, scheme, width } = options;
  const context = await (await browser()).newContext({
    baseURL: app.url,
    viewport: SIZES[width],
    locale: LOCALES[language],
    colorScheme: scheme,
    isMobile: width === 'phone',
    hasTouch: width === 'phone',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    // Of an authority that no browser knows.
    ignoreHTTPSErrors: app.url.startsWith('https:'),
  });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript(POLICY_WATCH);
  return context;
}

/** Gives the requests that have waited for long; a live stream never ends. */
function watchRequests(page: Page): () => string[] {
  const open = new Map<Request, number>();
  page.on('request', (request) => void open.set(request, Date.now()));
  page.on('requestfinished', (request) => void open.delete(request));
  page.on('requestfailed', (request) => void open.delete(request));
  page.on('response', (response) => {
    if (response.headers()['content-type']?.startsWith('text/event-stream')) open.delete(response.request());
  });
  return () =>
    [...open]
      .filter(([, since]) => Date.now() - since > LONG_MS)
      .map(([request, since]) => `no answer for ${Date.now() - since} ms: ${request.method()} ${request.url()}`);
}

/** Looks at a page that is there: once its heading stands and its data has come, and again if it has become another one meanwhile. */
async function settled<T>(page: Page, look: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    await page.locator('h1').first().waitFor();
    await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
    const before = await page.evaluate(WHICH_PAGE);
    const seen = await look();
    if ((await page.evaluate(WHICH_PAGE)) === before) return seen;
    assert.ok(Date.now() < until, `${page.url()} does not come to rest`);
  }
}
