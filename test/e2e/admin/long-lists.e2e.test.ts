/**
 * Who scrolls a long list to its end is given page after page, and what is drawn stays as little as at the beginning. Which tasks
 * of the browser were long is printed; PATCHBAY_LIST_ROWS=10000 on a machine that does nothing else says what there is to say of it.
 */
import assert from 'node:assert/strict';
import { type Cell, insertMany } from '#core/database/insert-many.ts';
import { ADMIN, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { mailOf, plainMail } from '#test/support/mail.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const ROWS = Number(process.env.PATCHBAY_LIST_ROWS ?? 1_000);
/** Of what is on the screen and beside it; a thousand rows have more than ten thousand. */
const MOST_NODES = 3_000;
const MOST_DRAWN = 100;
const STEP_PX = 2_000;
const ROW = '[data-index]';
const DRAWN = `document.querySelectorAll('${ROW}').length`;

interface Course {
  drawn: number;
  nodes: number;
  tasks: number[];
}

describe('a long list', function () {
  this.timeout(300_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ mail: { smtp: { port: 0 } }, licensing: {} });
  });
  after(() => app.stop());
  beforeEach(async () => {
    visitor = await visit(app, { isAltered: true });
    await visitor.signIn(ADMIN.email, ADMIN.password);
  });
  afterEach(() => visitor.leave());

  it('of mails stays small while it is scrolled to its end', async () => {
    const { deliver, http } = mailOf(app);
    await http.post('/api/create', { local: 'ada' });
    await deliver(plainMail('Copied'));
    await app.services.mailParseLoop.idle();
    await copyOf('mail_messages', (number, row) => ({ ...row, subject: `Order ${number}`, received_at: number }));
    await scrollThrough('/mail', '/api/platform/mail/messages?', 50);
  });

  it('of licences does as well', async () => {
    const { http } = await signInAdmin(app);
    await http.post('/api/admin/generate', { email: 'customer@example.com', plan: 'yearly' });
    await copyOf('licensing_licences', (number, row) => ({
      ...row,
      license_id: `copied-${number}`,
      code: `copied-${number}`,
      created_at: number,
    }));
    await scrollThrough('/sales/licences', '/api/platform/licensing/licences?', 100);
  });

  /** Further rows like the only one of a table. */
  async function copyOf(table: string, change: (number: number, row: Record<string, Cell>) => Record<string, Cell>) {
    const { db } = app.services;
    const { id: _, ...row } = (await db.read(table).first()) as Record<string, Cell>;
    const columns = Object.keys(row);
    const rows = Array.from({ length: ROWS - 1 }, (_, index) => {
      const copy = change(index + 1, row);
      return columns.map((column) => copy[column] ?? null);
    });
    await db.transaction((trx) => insertMany(trx, table, columns, rows));
  }

  async function scrollThrough(path: string, list: string, pageRows: number): Promise<void> {
    const { page, context } = visitor;
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes(list)) asked.push(request.url());
    });
    await visitor.open(path);
    await page.locator(ROW).first().waitFor();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Performance.enable');
    const busy = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
    };
    const began = await busy();
    const course = (await page.evaluate(TO_THE_END)) as Course;
    const perThousand = Math.round(((await busy()) - began) * (1_000_000 / ROWS));
    await devtools.detach();

    assert.ok(course.drawn <= MOST_DRAWN, `${course.drawn} rows drawn`);
    assert.ok(course.nodes <= MOST_NODES, `${course.nodes} nodes`);
    assert.equal(new Set(asked).size, asked.length, 'no page is asked for twice');
    assert.ok(asked.length <= ROWS / pageRows + 1, `${asked.length} pages`);
    console.info(
      `    ${path}: at most ${course.drawn} rows and ${course.nodes} nodes, ${asked.length} pages;`,
      `${course.tasks.length} tasks over 50 ms (longest ${Math.max(0, ...course.tasks)}); main thread ${perThousand} ms for 1 000 rows`,
    );
  }
});

/** Runs in the page: scrolls by as much in each frame, and looks, until the last row is drawn. */
const TO_THE_END = `new Promise((done) => {
  const course = { drawn: 0, nodes: 0, tasks: [] };
  new PerformanceObserver((list) => course.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  const list = document.querySelector('${ROW}').closest('ul')?.parentElement ?? document.scrollingElement;
  const step = () => {
    course.drawn = Math.max(course.drawn, ${DRAWN});
    course.nodes = Math.max(course.nodes, document.getElementsByTagName('*').length);
    if (document.querySelector('[data-index="${ROWS - 1}"]')) return done(course);
    list.scrollBy(0, ${STEP_PX});
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;
