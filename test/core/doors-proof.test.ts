/** Settings of where the server listens are proven by somebody who comes, and given up where nobody does; on both databases. */
import assert from 'node:assert/strict';
import { settingsFor } from '#core/bind-settings.ts';
import { ARRIVE_WITHIN_MS, createDoorsProof } from '#core/settings/doors-proof.ts';
import { appendVersion, deleteRefused, readProven, readStored } from '#core/settings/stored-settings.ts';
import { takeWarnings } from '#core/testing/warnings.ts';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('an address that the server has moved to', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let restarts: number;
  beforeEach(async () => {
    restarts = 0;
    app = await startPlatform({ plugins: { auth: authConfig } });
    const { db, secrets, clock } = app.services;
    const saved = {
      area: 'general',
      version: 1,
      values: { 'http.tls.plainPort': 8081 },
      changed: [],
      now: clock.now(),
    };
    await db.transaction((trx) => appendVersion(trx, secrets, saved));
  });
  afterEach(() => app.stop());

  const proof = async (host = '127.0.0.1') => {
    const { db, secrets, coreConfig } = app.services;
    const inForce = await readStored(db.write, secrets);
    const restart = () => () => void restarts++;
    const listening = { http: { ...coreConfig.http, host } };
    return createDoorsProof({ ...app.services, coreConfig: listening, inForce, moved: ['general'], restart });
  };
  const settings = () => settingsFor(app.platform.installation, app.platform.configuration, {});

  it('is proven by the first who is known, and by nobody else', async () => {
    await (await proof()).hasStarted();
    const { db } = app.services;
    await app.http.get('/health');
    await app.http.bearer('nobody').get('/api/platform/me');
    assert.deepEqual(await readProven(db.write), {});
    assert.equal((await app.http.bearer(ROOT_TOKEN).get('/api/platform/server/settings')).status, 200);
    while ((await readProven(db.write)).general !== 1) await new Promise((resolve) => setTimeout(resolve, 20));
    await app.clock.advance(2 * ARRIVE_WITHIN_MS);
    assert.equal(restarts, 0);
  });

  it('is not proven by a program of the same machine, but by whom a proxy there asks for', async () => {
    await (await proof('0.0.0.0')).hasStarted();
    const { db } = app.services;
    const known = app.http.bearer(ROOT_TOKEN);
    assert.equal((await known.get('/api/platform/server/settings')).status, 200);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(await readProven(db.write), {});
    assert.equal((await known.get('/api/platform/server/settings', { 'x-forwarded-for': '203.0.113.9' })).status, 200);
    while ((await readProven(db.write)).general !== 1) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('is given up where nobody comes, until other ones are saved or it is tried again', async () => {
    const doors = await proof();
    await doors.hasStarted();
    await app.clock.advance(ARRIVE_WITHIN_MS + 1_000);
    while (restarts === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const { db, secrets, clock } = app.services;
    const mails = { area: 'sending', version: 1, values: {}, changed: [], now: clock.now() };
    await db.transaction((trx) => appendVersion(trx, secrets, mails));
    const given = await settings();
    assert.match(given.failure ?? '', /Nobody signed in reached the server/);
    assert.deepEqual([...given.inForce.keys()], ['sending'], 'what has moved nothing stays');
    await deleteRefused(db.write);
    const again = await settings();
    assert.deepEqual([again.failure, again.inForce.get('general')?.version], [null, 1]);
    await (await proof()).hasStarted();
    await app.clock.advance(ARRIVE_WITHIN_MS + 1_000);
    while (restarts === 1) await new Promise((resolve) => setTimeout(resolve, 20));
    const other = { area: 'general', version: 2, values: {}, changed: [], now: clock.now() };
    await db.transaction((trx) => appendVersion(trx, secrets, other));
    assert.equal((await settings()).failure, null);
    takeWarnings();
  });

  it('is proven by who comes to another replica, and not given up by one that has ended', async () => {
    const [here, there, ended] = [await proof(), await proof(), await proof()];
    for (const one of [ended, here, there]) await one.hasStarted();
    ended.stop();
    // The last one is told.
    await app.http.bearer(ROOT_TOKEN).get('/api/platform/server/settings');
    while ((await readProven(app.services.db.write)).general !== 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await app.clock.advance(2 * ARRIVE_WITHIN_MS);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(restarts, 0);
  });
});
