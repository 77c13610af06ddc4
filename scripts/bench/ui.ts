/**
 * (u) `npm run bench:ui`: what the pages weigh as a browser loads them, when they are first painted beside a static page of the
 * same bytes from the same process, how long it takes from page to page, how smoothly a list of 100 000 rows scrolls and a
 * workflow of 500 tasks is edited, and whether the editor gives back its memory.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium as driver, type Response } from 'playwright-core';
import { createPlatform } from '#core/platform.ts';
import type { BuildReport } from '#plugins/admin/built.ts';
import { weigh } from '#plugins/admin/web/build/budgets.ts';
import { buildWeb } from '../build-web.ts';
import { chromium } from '../chromium.ts';
import { fillAuditLog } from './growth/accounts.ts';
import { ADMIN, type Figure, median, temporaryFolder } from './processes.ts';
import { measureEditor } from './ui-editor.ts';

const PAINT_ROUNDS = 9;
const QUIET_MS = 2_000;
const SCROLLS = 200;
const ROWS = 100_000;
const OPENINGS = 50;
const WALKS = 6;
const WALK = [
  '/',
  '/mail',
  '/automations/workflows',
  '/settings/people',
  '/settings/audit',
  '/settings/profile',
  '/status/jobs',
] as const;
const KB = 1024;
const DIST = join(import.meta.dirname, '..', '..', 'plugins', 'admin', 'dist');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--js-flags=--expose-gc'];
/** With what is loaded later than at once: workers, charts, the pane of text. The editor's part is what the shell has not. */
const LOADED = [
  { path: '/sign-in', limit: 180 },
  { path: '/', limit: 260 },
  { path: '/automations/workflows/new', limit: 300, isOwnPart: true },
] as const;

/** Runs in the page: resolves with the time from the beginning of the visit. */
const FIRST_PAINT = `new Promise((resolve) => {
  const told = (list) => list.getEntriesByName('first-contentful-paint').forEach(({ startTime }) => resolve(startTime));
  new PerformanceObserver(told).observe({ type: 'paint', buffered: true });
})`;

export async function measureUi(): Promise<Figure[]> {
  await buildWeb();
  const folder = temporaryFolder();
  const site = writeStaticPage(folder.path);
  const platform = await createPlatform({ env: {}, overrides: configuration(folder.path, site) });
  const port = await platform.start();
  await fillAuditLog(platform.services.db, ROWS);
  const browser = await driver.launch({ executablePath: chromium(), args: FLAGS });
  try {
    const context = await browser.newContext({
      baseURL: `http://127.0.0.1:${port}`,
      viewport: { width: 1280, height: 800 },
    });
    return [
      ...weights(),
      ...(await loadedWeights(context)),
      await firstPaint(context),
      await pageToPage(context),
      await frames(context),
      ...(await measureEditor(context)),
      await editorMemory(context),
    ];
  } finally {
    await browser.close();
    await platform.stop();
    folder.remove();
  }
}

function configuration(dataDir: string, site: string) {
  return {
    dataDir,
    http: { port: 0, rateLimit: { enabled: false } },
    logging: { level: 'error' },
    plugins: { auth: { admin: ADMIN }, mail: { smtp: { port: 0 } }, [site]: {} },
  };
}

function weights(): Figure[] {
  return weigh(DIST)
    .sort((one, other) => other.kilobytes / other.limit - one.kilobytes / one.limit)
    .slice(0, 8)
    .map(({ what, kilobytes, limit }) => figure(`weight of ${what}`, kilobytes, limit, 'KB gzip'));
}

/** Everything of scripts that a browser loads until the page is quiet, as gzip. */
async function loadedWeights(context: BrowserContext): Promise<Figure[]> {
  const figures: Figure[] = [];
  const ofShell = shellScripts();
  for (const { path, limit, ...options } of LOADED) {
    if (path === '/') await signIn(context);
    const isOwnPart = 'isOwnPart' in options;
    const scripts = await scriptsOf(context, path);
    const counted = [...scripts].filter(([script]) => !isOwnPart || !ofShell.has(script));
    const bytes = counted.reduce((sum, [, size]) => sum + size, 0);
    const what = isOwnPart ? `scripts that ${path} loads beyond the shell` : `scripts that ${path} loads in all`;
    figures.push(figure(`${what} (${counted.length} files)`, bytes / KB, limit, 'KB gzip'));
  }
  return figures;
}

/** Path and bytes of each, workers among them. */
async function scriptsOf(context: BrowserContext, path: string): Promise<Map<string, number>> {
  const page = await context.newPage();
  const sizes = new Map<string, number>();
  await context.route('**/assets/*.js', (route) =>
    route.continue({ headers: { ...route.request().headers(), 'accept-encoding': 'gzip' } }),
  );
  const count = (response: Response) => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith('.js')) sizes.set(pathname, Number(response.headers()['content-length'] ?? Number.NaN));
  };
  context.on('response', count);
  await page.goto(path);
  await page.locator('h1').first().waitFor();
  // A page that listens is never idle: it has come when nothing more comes for a while.
  for (let before = -1; before !== sizes.size; ) {
    before = sizes.size;
    await page.waitForTimeout(QUIET_MS);
  }
  context.off('response', count);
  await context.unroute('**/assets/*.js');
  await page.close();
  return sizes;
}

function shellScripts(): Set<string> {
  const report: BuildReport = JSON.parse(readFileSync(join(DIST, 'report.json'), 'utf8'));
  return new Set([report.entry, report.shell].flatMap(({ scripts }) => scripts));
}

/** Of the sign-in page, beside a page that shows a text after as many bytes of script and style. */
async function firstPaint(context: BrowserContext): Promise<Figure> {
  const times = { pages: [] as number[], plain: [] as number[] };
  await context.clearCookies();
  for (let round = 0; round <= PAINT_ROUNDS; round++) {
    for (const [side, path] of [
      ['plain', '/bench-static/index.html'],
      ['pages', '/sign-in'],
    ] as const) {
      const painted = await paintOf(context, path);
      // The first round warms both sides up.
      if (round > 0) times[side].push(painted);
    }
  }
  const ratio = median(times.pages) / median(times.plain);
  const text = `${ratio.toFixed(2)} (${median(times.pages).toFixed(0)} ms beside ${median(times.plain).toFixed(0)} ms)`;
  return {
    what: 'first contentful paint, of a static page of the same bytes',
    value: text,
    target: 'at most 1.5',
    isMet: ratio <= 1.5,
  };
}

async function paintOf(context: BrowserContext, path: string): Promise<number> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.goto(path);
  const painted = await page.evaluate(FIRST_PAINT);
  await page.close();
  return Number(painted);
}

/** Runs in the page: from the click until the page that was asked for shows what it has read. */
const TURN = `(path) => new Promise((resolve) => {
  const began = performance.now();
  const title = document.title;
  history.pushState({}, '', path);
  dispatchEvent(new PopStateEvent('popstate'));
  (function look() {
    const waits = document.querySelector('[aria-busy="true"], .mantine-Skeleton-root, .mantine-Loader-root');
    if (document.title !== title && document.querySelector('h1') && !waits) resolve(performance.now() - began);
    else requestAnimationFrame(look);
  })();
})`;

/** Between pages that were open before, each of which reads again what it shows. */
async function pageToPage(context: BrowserContext): Promise<Figure> {
  await signIn(context);
  const page = await context.newPage();
  await page.goto(WALK.at(-1) ?? '/');
  await page.locator('h1').first().waitFor();
  const times: number[] = [];
  for (let walk = 0; walk <= WALKS; walk++) {
    for (const path of WALK) {
      const taken = Number(await page.evaluate(`(${TURN})(${JSON.stringify(path)})`));
      // The first time loads what is of the page alone.
      if (walk > 0) times.push(taken);
      await page.waitForTimeout(300);
    }
  }
  await page.close();
  const slowest = Math.max(...times).toFixed(0);
  return figure(`from page to page, median of ${times.length} (slowest ${slowest})`, median(times), 300, 'ms');
}

async function frames(context: BrowserContext): Promise<Figure> {
  await signIn(context);
  const page = await context.newPage();
  await page.goto('/settings/audit');
  await page.getByRole('row').nth(5).waitFor();
  await page.evaluate(`globalThis.frames = []; let last = performance.now();
    (function next(now) { frames.push(now - last); last = now; requestAnimationFrame(next); })(last);`);
  for (let scroll = 0; scroll < SCROLLS; scroll++) await page.mouse.wheel(0, 600);
  const taken = (await page.evaluate('globalThis.frames')) as number[];
  await page.close();
  const sorted = taken.slice(5).sort((one, other) => one - other);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  return figure(`p95 frame while a list of ${ROWS.toLocaleString('en')} rows is scrolled`, p95, 33, 'ms');
}

/** What is left on the heap after the editor was opened and closed, and everything unreachable was collected. */
async function editorMemory(context: BrowserContext): Promise<Figure> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const go = async (path: string, heading: RegExp) => {
    await page.evaluate(`history.pushState({}, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`);
    await page.locator('h1').filter({ hasText: heading }).waitFor();
  };
  await page.goto('/automations/workflows');
  const list = await page.locator('h1').innerText();
  const cycle = async (times: number) => {
    for (let time = 0; time < times; time++) {
      await go('/automations/workflows/new', new RegExp(`^(?!${list}$).+`));
      await page.getByRole('button', { name: 'Publish' }).first().waitFor();
      await go('/automations/workflows', new RegExp(`^${list}$`));
    }
  };
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return usedSize / KB / KB;
  };
  await cycle(5);
  const before = await heap();
  await cycle(OPENINGS);
  const grown = (await heap()) - before;
  await page.close();
  return figure(`heap after ${OPENINGS} openings of the editor, over ${before.toFixed(0)} MB`, grown, 5, 'MB');
}

async function signIn(context: BrowserContext): Promise<void> {
  const page = await context.newPage();
  await page.goto('/sign-in');
  const data = { identifier: ADMIN.email, password: ADMIN.password };
  const origin = new URL(page.url()).origin;
  await context.request.post('/api/platform/auth/session', {
    data,
    headers: { origin, 'sec-fetch-site': 'same-origin' },
  });
  await page.close();
}

/** A plugin that serves a page of as many bytes of script and style as signing in has. */
function writeStaticPage(home: string): string {
  const folder = join(home, 'bench-static');
  const files = join(folder, 'files');
  mkdirSync(files, { recursive: true });
  const { scripts, styles } = bytesOfSignIn();
  writeFileSync(join(files, 'page.js'), `/*${'x'.repeat(scripts)}*/document.body.append('Patchbay');`);
  writeFileSync(join(files, 'page.css'), `/*${'x'.repeat(styles)}*/body{margin:0}`);
  writeFileSync(
    join(files, 'index.html'),
    '<!doctype html><title>x</title><link rel=stylesheet href=page.css><body><script type=module src=page.js></script>',
  );
  writeFileSync(
    join(folder, 'index.ts'),
    `import { definePlugin } from 'patchbay-platform/plugin';
export default definePlugin({ name: 'bench-static', summary: 'A static page',
  staticFolders: [{ prefix: '/bench-static', folder: new URL('./files/', import.meta.url) }] });`,
  );
  return folder;
}

function bytesOfSignIn(): { scripts: number; styles: number } {
  const all = weigh(DIST);
  const signIn = all.find(({ what }) => what === 'signing in, in all')?.kilobytes ?? 0;
  return { scripts: signIn * KB, styles: 36 * KB };
}

function figure(what: string, value: number, limit: number, unit: string): Figure {
  return { what, value: `${value.toFixed(1)} ${unit}`, target: `at most ${limit} ${unit}`, isMet: value <= limit };
}
