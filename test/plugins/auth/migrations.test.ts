/** Taking back the newest migrations leaves what the older version needs, also where SQLite makes tables anew. */
import assert from 'node:assert/strict';
import { migrateDown, migrateUp } from '#core/database/migrations.ts';
import { authConfig, register } from '#test/support/accounts.ts';
import { startPlatform } from '#test/support/harness.ts';

describe('migrations of accounts', () => {
  it('leave sessions and their refresh tokens when sessions of pages are taken back', async () => {
    const app = await startPlatform({ plugins: { auth: authConfig } });
    const { db } = app.services;
    const { http } = await register(app);
    await http.post('/api/v2/api-keys', { name: 'kept' });
    const kept = async () => ({
      sessions: await db.read('auth_sessions').pluck('id'),
      refreshTokens: await db.read('auth_refresh_tokens').pluck('session_id'),
      keys: await db.read('auth_api_keys').pluck('name'),
    });
    const before = await kept();
    assert.deepEqual([before.sessions, before.keys], [before.refreshTokens, ['kept']]);
    await app.services.jobs.stop(1_000);
    await app.platform.cron.stop(1_000);
    const names = (await migrateDown(db, app.platform.migrations, 8, 'auth')).toReversed();
    assert.equal(names[0], 'auth/0006-page-sessions');
    assert.deepEqual(await kept(), before);
    assert.deepEqual(await migrateUp(db, app.platform.migrations), names);
    assert.deepEqual(await kept(), before);
    assert.equal((await http.get('/api/v2/users/me')).status, 200);
    await app.stop();
  });
});
