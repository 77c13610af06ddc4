/** Newer versions are shown when somebody names where to look, whatever is answered there, on both databases. */
import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { takeWarnings } from '#core/testing/warnings.ts';
import { coreVersion } from '#core/version.ts';
import { authConfig, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const PATH = '/api/platform/updates';
const NEWER = { version: '999.1.0', changelog: 'https://example.org/changes#999' };

describe('newer versions', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let server: ReturnType<typeof createServer>;
  let asked = 0;
  let answer: (response: ServerResponse) => void;

  before(async () => {
    server = createServer((_, response) => {
      asked++;
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/version.json`;
    app = await startPlatform({ plugins: { auth: authConfig }, config: { updates: { url } } });
  });
  after(async () => {
    await app.stop();
    server.closeAllConnections();
    server.close();
    takeWarnings();
  });

  const says = (text: string, status = 200) => {
    answer = (response) => response.writeHead(status).end(text);
  };
  const http = async () => (await signInAdmin(app)).http;
  async function look() {
    const name = 'core.checkUpdates';
    const run = await app.platform.cron.runNow(name);
    const { db } = app.services;
    for (;;) {
      const row = await db.read('core_cron_runs').where({ id: run.id }).first();
      if (row?.status !== 'running') break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return (await (await http()).get(PATH)).body;
  }
  const attention = async () => {
    const { body } = await (await http()).get('/api/platform/attention');
    return body.items.some(({ id }: { id: string }) => id === 'core.update');
  };

  it('are offered with what is new, on the dashboard too', async () => {
    says(JSON.stringify({ ...NEWER, minimum: 'ignored' }));
    const { version, offered, error, checked_at } = await look();
    assert.deepEqual([version, offered, error], [coreVersion(), NEWER, null]);
    assert.equal(checked_at, app.clock.now());
    assert.equal(await attention(), true);
    const { text } = await (await register(app)).http.get(PATH);
    assert.match(text, /forbidden/);
  });

  it('are asked for once a day', async () => {
    const before = asked;
    await app.clock.advance(24 * 3_600_000);
    await app.platform.cron.runDue();
    assert.equal(asked - before, 1);
  });

  it('stay known while the file cannot be read, and the page says why', async () => {
    const wrong: [string, number, RegExp][] = [
      ['<html>', 200, /no JSON/],
      ['{}', 404, /status 404/],
      ['{"version": 3}', 200, /does not fit.*version/],
      ['{"version": "next"}', 200, /names no version/],
      ['{"version": "999.2.0", "changelog": "javascript:alert(1)"}', 200, /does not fit.*changelog/],
      [`{"version": "999.2.0", "x": "${'a'.repeat(70_000)}"}`, 200, /more than 65536 bytes/],
    ];
    for (const [text, status, reason] of wrong) {
      says(text, status);
      const { offered, error } = await look();
      assert.deepEqual(offered, NEWER, text.slice(0, 60));
      assert.match(error, reason);
    }
    takeWarnings();
  });

  it('wait for nobody who does not answer', async () => {
    answer = (response) => response.writeHead(200).write('{');
    const { error } = await look();
    assert.match(error, /within|time/i);
    takeWarnings();
  });

  it('are not older ones', async () => {
    for (const version of ['0.0.1', coreVersion()]) {
      says(JSON.stringify({ version }));
      const { offered, error } = await look();
      assert.deepEqual([offered, error], [null, null]);
    }
    assert.equal(await attention(), false);
  });

  it('are tried in the settings before they are looked for', async () => {
    says(JSON.stringify(NEWER));
    const { body } = await (await http()).post('/api/platform/server/settings/general/test', { values: {} });
    assert.match(body.findings.at(-1).text, /offers 999\.1\.0, newer than/);
  });

  it('are asked of nobody by default', async () => {
    const quiet = await startPlatform({ plugins: { auth: authConfig } });
    const before = asked;
    await quiet.clock.advance(3 * 24 * 3_600_000);
    await quiet.platform.cron.runDue();
    const { body } = await (await signInAdmin(quiet)).http.get(PATH);
    assert.deepEqual([body.url, body.offered, asked], [null, null, before]);
    await quiet.stop();
  });
});
