/** Scheduled backups that are copied over SFTP: the server's key is confirmed in the settings, and secrets stay there. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { takeWarnings } from '#core/testing/warnings.ts';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type SftpServer, sftpServer } from '#test/support/sftp-server.ts';

const DAY_MS = 86_400_000;
const SETTINGS = '/api/platform/server/settings/backups';

describe('copies of backups over SFTP', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let server: SftpServer;
  before(async () => {
    server = await sftpServer();
    app = await startPlatform({
      plugins: { auth: authConfig },
      config: { backups: { schedule: '0 3 * * *', rehearsal: null, keep: { daily: 2, weekly: 0, monthly: 0 } } },
    });
  });
  after(async () => {
    await app?.stop();
    await server?.stop();
  });

  const root = () => app.http.bearer(ROOT_TOKEN);
  const copies = async () => (await root().get('/api/platform/backups/upkeep')).body.copies;
  const there = (): string[] => readdirSync(join(server.folder, 'patchbay')).toSorted();
  async function night(): Promise<void> {
    const now = app.clock.now();
    await app.clock.advance(now - (now % DAY_MS) + DAY_MS + 4 * 3_600_000 - now);
    await app.platform.cron.runDue();
  }

  it('are set up with a test that shows the key of the server, and sent once it is confirmed', async () => {
    const sftp = { ...server.config.sftp, fingerprint: '' };
    const values = { 'backups.target.kind': 'sftp', 'backups.target.sftp': sftp };
    const shown = await root().post(`${SETTINGS}/test`, { values });
    assert.equal(shown.status, 200, JSON.stringify(shown.body));
    const offered = shown.body.findings.find(({ offer }: { offer?: unknown }) => offer);
    assert.equal(offered.ok, false);
    assert.deepEqual(offered.offer, {
      setting: 'backups.target.sftp',
      values: { fingerprint: server.fingerprint },
    });
    const confirmed = { ...values, 'backups.target.sftp': { ...sftp, ...offered.offer.values } };
    const tried = await root().post(`${SETTINGS}/test`, { values: confirmed });
    assert.deepEqual(
      tried.body.findings.map(({ ok }: { ok: boolean }) => ok),
      [true, true],
      JSON.stringify(tried.body),
    );
    const saved = await root().patch(SETTINGS, { values: confirmed });
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
    const { value } = saved.body.settings.find(({ name }: { name: string }) => name === 'backups.target.sftp');
    assert.deepEqual([value.privateKey, value.fingerprint], ['(hidden)', server.fingerprint]);
    const rows = JSON.stringify(await app.services.db.read('core_settings'));
    assert.ok(!rows.includes('OPENSSH PRIVATE KEY'), 'it is sealed');
    await night();
    const [made] = (await root().get('/api/platform/backups')).body.items;
    assert.equal(made.copy, 'done');
    assert.deepEqual(there(), [made.name]);
    const state = await copies();
    assert.deepEqual([state.kind, state.count, state.failure], ['sftp', 1, null]);
  });

  it('are thinned out, and sent to no server with another key, which is said', async () => {
    await night();
    await night();
    assert.equal(there().length, 2);
    const before = there();
    await server.changeKey();
    await night();
    assert.deepEqual(there(), before);
    assert.match((await copies()).failure.error, /shows another key than the one that is set/);
    const { body } = await root().post(`${SETTINGS}/test`, { values: {} });
    const refused = body.findings.find(({ ok }: { ok: boolean }) => !ok);
    assert.match(refused.text, /another key/);
    assert.equal(refused.offer, undefined, 'a changed key is not confirmed by a click');
    takeWarnings();
  });
});
