/**
 * What pages cost a browser that has nothing of them yet: requests and bytes as they are transferred, compressed and with their
 * headers, until nothing more comes. What grows past its budget is to be loaded later, or not at all.
 */
import assert from 'node:assert/strict';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const KB = 1024;
const QUIET_MS = 1_000;
const LOOK_MS = 100;

interface Cost {
  requests: number;
  kilobytes: number;
  dearest: string;
}

describe('what pages weigh', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({
      billing: {},
      mail: { smtp: { port: 0 } },
      workflows: {},
      robots: {},
      licensing: {},
      'ai-replies': {},
    });
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('signs a stranger in with eight requests and 160 KB', async () => {
    visitor = await visit(app, { isAltered: true });
    const cost = await costOf(visitor, '/sign-in');
    assert.ok(cost.requests <= 8, `${cost.requests} requests\n${cost.dearest}`);
    assert.ok(cost.kilobytes <= 160, `${cost.kilobytes} KB\n${cost.dearest}`);
  });

  it('opens the editor of workflows without the editor of texts, and from another page with 130 KB', async () => {
    visitor = await visit(app, { isAltered: true });
    await visitor.signIn(ADMIN.email, ADMIN.password);
    const whole = await costOf(visitor, '/automations/workflows/new');
    assert.ok(whole.requests <= 36, `${whole.requests} requests\n${whole.dearest}`);
    assert.ok(whole.kilobytes <= 300, `${whole.kilobytes} KB\n${whole.dearest}`);
    await visitor.leave();

    visitor = await visit(app, { isAltered: true });
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/profile');
    const own = await costOf(visitor, '/automations/workflows/new');
    assert.ok(own.kilobytes <= 130, `${own.kilobytes} KB\n${own.dearest}`);
  });
});

/** Of opening a page in this browser, until nothing has come for a while. */
async function costOf({ page, context, open }: Visitor, path: string): Promise<Cost> {
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  const addresses = new Map<string, string>();
  const loaded: { address: string; bytes: number }[] = [];
  devtools.on('Network.requestWillBeSent', ({ requestId, request }) => void addresses.set(requestId, request.url));
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    loaded.push({ address: addresses.get(requestId) ?? '', bytes: encodedDataLength });
  });
  await open(path);
  for (let quiet = 0, before = 0; quiet < QUIET_MS; quiet = loaded.length === before ? quiet + LOOK_MS : 0) {
    before = loaded.length;
    await page.waitForTimeout(LOOK_MS);
  }
  await devtools.detach();
  const bytes = loaded.reduce((sum, one) => sum + one.bytes, 0);
  const lines = loaded.sort((one, other) => other.bytes - one.bytes).map((one) => `${one.bytes} ${one.address}`);
  return { requests: loaded.length, kilobytes: Math.round(bytes / KB), dearest: lines.join('\n') };
}
