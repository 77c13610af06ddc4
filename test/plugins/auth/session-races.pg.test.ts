/** Sessions that begin on one replica at the moment at which all of a person's are ended on another. */
import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import { authConfig, register } from '#test/support/accounts.ts';
import { openBrowser } from '#test/support/browser.ts';
import { freshDatabase, startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

if (testDatabase === 'pg')
  describe('the end of all sessions', () => {
    let one: TestPlatform;
    let two: TestPlatform;
    before(async () => {
      const database = await freshDatabase();
      const options = { plugins: { auth: authConfig }, config: { http: { rateLimit: { enabled: false } } }, database };
      one = await startPlatform(options);
      two = await startPlatform({ ...options, dataDir: one.dataDir, clock: one.clock });
    });
    after(async () => {
      await two.platform.stop();
      await one.stop();
    });

    /** Statements that wait for a lock at this moment. */
    const waiting = async () => {
      const { rows } = await one.services.db.read.raw(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows[0].n as number;
    };
    const until = async (many: number) => {
      while ((await waiting()) < many) await new Promise(setImmediate);
    };

    /** Begins `first`, which is held before its commit, then `second`, and lets both go on. */
    async function overlapping<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> {
      const held = await one.services.db.write.transaction();
      await held.raw('lock table auth_page_tokens in exclusive mode');
      const began = first();
      await until(1);
      const ending = second();
      await until(2);
      await held.commit();
      return Promise.all([began, ending]);
    }

    it('a page that goes on under another name meanwhile is signed out as well', async () => {
      const person = await register(one);
      const page = openBrowser(one);
      await page.signIn(person.email, person.password);
      const user = await one.services.people.userByUuid(person.id);
      const passkey = { uuid: uuidv7(), credential_id: 'an id', public_key: '', counter: 0, transports: '', name: 'x' };
      const about = { user_id: user!.id, created_at: one.clock.now(), last_used_at: null };
      await one.services.db.write('auth_passkeys').insert({ ...passkey, ...about });
      const [renewed, ended] = await overlapping(
        () => page.delete(`/api/platform/auth/passkeys/${passkey.uuid}`),
        () => two.http.bearer(person.accessToken).delete('/api/platform/auth/sessions'),
      );
      assert.deepEqual([renewed.status, ended.status], [204, 204], ended.text);
      assert.equal((await page.get('/api/platform/me')).status, 401);
    });

    it('a page that is signed in meanwhile ends with a sign-out everywhere', async () => {
      const person = await register(one);
      const page = openBrowser(one);
      const [signedIn, ended] = await overlapping(
        () => page.signIn(person.email, person.password),
        () => two.http.bearer(person.accessToken).delete('/api/platform/auth/sessions'),
      );
      assert.deepEqual([signedIn.status, ended.status], [200, 204], ended.text);
      assert.equal((await page.get('/api/platform/me')).status, 401);
    });
  });
