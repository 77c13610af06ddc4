/** Who runs the server is shown a newer version on the dashboard and on System, with the way to what is new. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { coreVersion } from '#core/version.ts';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('a newer version', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let visitor: Visitor;
  const server = createServer((_, response) => {
    response.end(JSON.stringify({ version: '999.1.0', changelog: 'https://example.org/changes' }));
  });
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/version.json`;
    app = await startPages({}, { config: { updates: { url } } });
  });
  after(async () => {
    await visitor.leave();
    await app.stop();
    server.closeAllConnections();
    server.close();
  });

  it('is asked for, shown, and leads to what is new', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/status');
    await page.getByText(coreVersion(), { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Ask now' }).click();
    await page.getByText('Patchbay 999.1.0 is there').waitFor();
    const link = page.getByRole('link', { name: 'What is new' });
    assert.equal(await link.getAttribute('href'), 'https://example.org/changes');
    await visitor.assertAccessible();
    await visitor.open('/');
    await page.getByText('A newer version of Patchbay').first().waitFor();
  });
});
