/** Two processes on one PostgreSQL: what is changed at both at once, and what one must hear of the other. */
import assert from 'node:assert/strict';
import { Secret, TOTP } from 'otpauth';
import {
  afterUnfelt,
  authConfig,
  catchMails,
  confirmAddress,
  joinTenant,
  type Person,
  ROOT_TOKEN,
  register,
  signIn,
} from '#test/support/accounts.ts';
import type { Answer, Client } from '#test/support/client.ts';
import { freshDatabase, startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { allIdle } from '#test/support/replicas.ts';

if (testDatabase === 'pg')
  describe('auth on two replicas', () => {
    let one: TestPlatform;
    let two: TestPlatform;
    let mails: ReturnType<typeof catchMails>[];
    before(async () => {
      const database = await freshDatabase();
      const options = {
        plugins: { auth: authConfig },
        config: { http: { rateLimit: { enabled: false } } },
        database,
      };
      one = await startPlatform(options);
      two = await startPlatform({ ...options, dataDir: one.dataDir, clock: one.clock });
      mails = [catchMails(one), catchMails(two)];
    });
    after(async () => {
      await two.platform.stop();
      await one.stop();
    });

    const both = () => [one, two];
    const at = (app: TestPlatform, { accessToken }: Person) => app.http.bearer(accessToken);
    const statuses = (answers: Answer[]) => answers.map(({ status }) => status).sort();
    const fromBoth = (many: number, work: (app: TestPlatform, index: number) => Promise<Answer>) =>
      Promise.all(Array.from({ length: many }, (_, index) => work(index % 2 ? one : two, index)));

    it('two super-admins who demote, suspend or delete each other: one is left', async () => {
      const { db } = one.services;
      const host = await register(one);
      for (const deed of ['demote', 'suspend', 'delete'] as const) {
        const [first, second] = [await joinTenant(one, host, 'member'), await joinTenant(one, host, 'member')];
        await db.write('auth_users').update({ is_superadmin: 0 });
        await db.write('auth_users').whereIn('uuid', [first.id, second.id]).update({ is_superadmin: 1 });
        const against = (app: TestPlatform, who: Person, whom: Person) => {
          const path = `/api/v2/admin/users/${whom.id}`;
          if (deed === 'demote') return at(app, who).patch(path, { is_superadmin: false });
          return deed === 'suspend' ? at(app, who).post(`${path}/suspend`) : at(app, who).delete(path);
        };
        const answers = await Promise.all([against(one, first, second), against(two, second, first)]);
        const left = await db.read('auth_users').where({ is_superadmin: 1, status: 'active' });
        assert.equal(left.length, 1, `${deed}: ${statuses(answers)}`);
      }
    });

    it('settings that are changed at once are all kept, and the consents say what holds', async () => {
      const person = await register(one);
      const answers = await fromBoth(12, (app, index) =>
        at(app, person).patch(
          '/tenant/settings',
          index % 3 === 0
            ? { allowed_numbers: ['+5511999999999'] }
            : { [index % 3 === 1 ? 'require_approval' : 'ai_consent_enabled']: true },
        ),
      );
      assert.deepEqual(statuses(answers), Array(12).fill(200));
      assert.deepEqual((await at(two, person).get('/tenant/settings')).body, {
        allowed_numbers: ['+5511999999999'],
        require_approval: true,
        ai_consent_enabled: true,
      });
      const tenant = await one.services.people.tenantByUuid(person.tenantId);
      assert.equal((await one.services.db.read('auth_consents').where({ tenant_id: tenant!.id })).length, 1);
    });

    it('an address or user name that several want at once is told by its own name', async () => {
      const wish = { email: 'wanted@example.org', password: 'the same password' };
      const answers = await fromBoth(6, (app) => app.http.post('/api/v2/auth/register', wish));
      const codes = answers.map(({ status, body }) => body.code ?? status).sort();
      assert.deepEqual(codes, [201, ...Array(5).fill('email_taken')]);
      const people = await Promise.all(Array.from({ length: 4 }, () => register(one)));
      const named = await Promise.all(
        people.map((person, index) =>
          at(both()[index % 2]!, person).patch('/api/v2/users/me', { username: 'the-one' }),
        ),
      );
      assert.deepEqual(named.map(({ status, body }) => body.code ?? status).sort(), [
        200,
        ...Array(3).fill('username_taken'),
      ]);
    });

    it('a key that both rotate, a link and an invitation that both take, are good once', async () => {
      const person = await register(one);
      await confirmAddress(one, person);
      const key = (await person.http.post('/api/v2/api-keys', { name: 'k' })).body;
      const rotated = await fromBoth(8, (app) => at(app, person).post(`/api/v2/api-keys/${key.id}/rotate`, {}));
      assert.deepEqual(statuses(rotated), [201, ...Array(7).fill(409)]);

      await person.http.post('/api/platform/auth/invitations', { email: 'invited@example.net' });
      await one.http.post('/api/v2/auth/magic-link/request', { email: person.email });
      await afterUnfelt(one);
      await allIdle(one, two);
      const tokenTo = (to: string) => mails.flat().findLast((mail) => mail.to === to)!.token;
      const accept = { token: tokenTo('invited@example.net'), password: 'the invited password' };
      const accepted = await fromBoth(4, (app) => app.http.post('/api/platform/auth/invitations/accept', accept));
      assert.deepEqual(statuses(accepted), [201, 400, 400, 400]);
      const token = tokenTo(person.email);
      const signedIn = await fromBoth(4, (app) => app.http.post('/api/v2/auth/magic-link/verify', { token }));
      assert.deepEqual(statuses(signedIn), [200, 400, 400, 400]);
    });

    /** What the root token is answered while somebody joins a tenant, whose account is made and not yet committed. */
    async function asSomebodyJoins(email: string, work: (root: Client, owner: Person) => Promise<Answer>) {
      const { db } = one.services;
      const owner = await register(one);
      await confirmAddress(one, owner);
      await owner.http.post('/api/platform/auth/invitations', { email });
      await allIdle(one, two);
      const { token } = mails.flat().findLast(({ to }) => to === email)!;
      // By its statement: what links audit entries waits for their table as well.
      const untilWaits = async (statement: string, event: string) => {
        const waiting = db.read('pg_stat_activity').whereRaw('datname = current_database()').where('wait_event', event);
        while (!(await waiting.clone().where('query', 'like', statement).first('pid'))) await new Promise(setImmediate);
      };
      // Its use is noted once a minute.
      const root = two.http.bearer(ROOT_TOKEN);
      assert.equal((await root.get(`/api/v2/admin/tenants/${owner.tenantId}`)).status, 200);
      const held = await db.write.transaction();
      await held.raw('lock table auth_audit_entries in exclusive mode');
      const accept = { token, password: 'the invited password' };
      const accepting = one.http.post('/api/platform/auth/invitations/accept', accept);
      await untilWaits('insert into "auth_audit_entries"%', 'relation');
      const working = work(root, owner);
      await untilWaits('%"auth_tenants"%for update', 'transactionid');
      await held.commit();
      const [accepted, answer] = await Promise.all([accepting, working]);
      assert.equal(accepted.status, 201, accepted.text);
      return { answer, isThere: (await db.read('auth_users').where({ email }).first('id')) !== undefined };
    }

    it('a tenant is erased with whoever joins it at that moment', async () => {
      const { answer, isThere } = await asSomebodyJoins('joining@example.net', (root, owner) =>
        root.delete(`/api/v2/admin/tenants/${owner.tenantId}`),
      );
      assert.deepEqual([answer.status, isThere], [204, false], answer.text);
    });

    it('an owner whom somebody joins at that moment is not the last one to go', async () => {
      const { answer, isThere } = await asSomebodyJoins('member@example.net', (root, owner) =>
        root.delete(`/api/v2/admin/users/${owner.id}`),
      );
      assert.deepEqual([answer.body?.code, isThere], ['last_owner', true], answer.text);
    });

    it('a link of an account with a second factor holds up nobody, however often it comes', async () => {
      const person = await register(one);
      await confirmAddress(one, person);
      const { secret } = (await person.http.post('/api/platform/auth/totp')).body;
      const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: one.clock.now() });
      await person.http.post('/api/platform/auth/totp/confirm', { code });
      await one.http.post('/api/v2/auth/magic-link/request', { email: person.email });
      await afterUnfelt(one);
      await allIdle(one, two);
      const { token } = mails.flat().findLast((mail) => mail.to === person.email)!;
      const other = await register(one);
      const tries = Promise.all(
        Array.from({ length: 24 }, () => one.http.post('/api/v2/auth/magic-link/verify', { token })),
      );
      assert.equal((await other.http.get('/api/v2/users/me')).status, 200);
      for (const { body } of await tries) assert.equal(body.code, 'otp_required');
    });

    it('what one has ended is over at the other', async () => {
      const person = await register(one);
      const elsewhere = await signIn(two, person.email, person.password);
      const key = (await person.http.post('/api/v2/api-keys', { name: 'k' })).body;
      const keyAt = (app: TestPlatform) => app.http.apiKey(key.raw_key).get('/api/v2/users/me');
      assert.equal((await keyAt(two)).status, 200);
      await person.http.delete(`/api/v2/api-keys/${key.id}`);
      assert.equal((await keyAt(two)).status, 401);
      await person.http.post('/api/platform/auth/sessions/revoke-others');
      assert.equal((await elsewhere.http.get('/api/v2/users/me')).status, 401);
    });

    it('the audit log is one chain, and its entries wait for nobody', async () => {
      const { db, auditLog } = one.services;
      const held = await db.write.transaction();
      await auditLog.record({ action: 'test.held', actor: null }, held as never);
      await Promise.all(
        both().flatMap((app) =>
          Array.from({ length: 40 }, async (_, index) => {
            const entry = { action: `test.${index}`, actor: null };
            if (index % 2) await app.services.auditLog.record(entry);
            else await app.services.db.transaction((trx) => app.services.auditLog.record(entry, trx));
          }),
        ),
      );
      for (const app of both()) assert.deepEqual((await app.services.auditLog.verify()).problem, null);
      await held.commit();
      const reports = await Promise.all(both().map((app) => app.services.auditLog.verify()));
      assert.deepEqual(
        reports.map(({ ok }) => ok),
        [true, true],
      );
      assert.equal(await db.read('auth_audit_entries').whereNull('seq').first('id'), undefined);
    });
  });
