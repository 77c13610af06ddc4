/** A setting that needs a restart, and the restart, by mouse: the server is a process of its own, which begins anew under the open page. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ADMIN } from '#test/support/accounts.ts';
import { CACHE, MAIN, ROOT } from '#test/support/command-line.ts';
import { freePort } from '#test/support/free-port.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('restarting the server from its page', function () {
  this.timeout(90_000);
  let server: ChildProcess;
  let url: string;
  let visitor: Visitor;

  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const env = {
      PATH: process.env.PATH,
      ...CACHE,
      PATCHBAY_DATADIR: mkdtempSync(join(tmpdir(), 'patchbay-restart-page-')),
      PATCHBAY_HTTP__PORT: String(port),
      PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0',
      PATCHBAY_PLUGINS__AUTH__ADMIN: JSON.stringify(ADMIN),
    };
    server = spawn(process.execPath, [MAIN, 'start'], { cwd: ROOT, env, stdio: 'ignore' });
    while (
      !(await fetch(`${url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      ))
    )
      await pause(100);
  });
  after(async () => {
    await visitor.leave();
    server.kill('SIGKILL');
  });

  it('brings what was set into force, says when it is back, and keeps who is signed in', async () => {
    visitor = await visit({ url });
    const { page } = visitor;
    // While it is away nothing answers, and the page says so itself.
    visitor.expectProblem(/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|status of 503|net::/);
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/server/payments');
    await page.getByLabel('Currency').fill('EUR');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Some settings take effect after a restart').waitFor();
    await page.getByRole('button', { name: 'Restart now' }).click();
    await page.getByText('The server is back').waitFor();
    await page.getByText('Some settings take effect after a restart').waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('Currency').inputValue(), 'EUR');
    assert.equal(server.exitCode, null);
  });
});
