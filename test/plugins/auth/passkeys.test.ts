/** Passkeys: added, used to sign in, removed; and what must not pass. */
import assert from 'node:assert/strict';
import { catchMails } from '#core/testing/mails.ts';
import { authConfig, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { softwareAuthenticator } from '#test/support/webauthn.ts';

const ORIGIN = 'http://127.0.0.1:5000';

describe('passkeys', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig },
      config: { http: { publicUrl: 'http://localhost:5000', rateLimit: { enabled: false } } },
    });
  });
  after(() => app.stop());
  const origin = 'http://localhost:5000';
  const signInOptions = async () => (await app.http.post('/api/platform/auth/passkeys/sign-in/options')).body;
  const signIn = (credential: object) => app.http.post('/api/platform/auth/passkeys/sign-in', { credential });

  async function withPasskey() {
    const person = await register(app);
    const authenticator = softwareAuthenticator();
    const options = (await person.http.post('/api/platform/auth/passkeys/options')).body;
    const credential = authenticator.create(options, origin);
    const added = await person.http.post('/api/platform/auth/passkeys', { name: 'laptop', credential });
    assert.equal(added.status, 201, added.text);
    return { person, authenticator, options, credential, id: added.body.id };
  }

  it('sign in whom they belong to, without a password', async () => {
    const { person, authenticator, id } = await withPasskey();
    const answer = await signIn(authenticator.get(await signInOptions(), origin));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body.user.id, person.id);
    const { items } = (await person.http.get('/api/platform/auth/passkeys')).body;
    assert.deepEqual([items[0].name, typeof items[0].last_used_at], ['laptop', 'string']);
    assert.equal((await person.http.delete(`/api/platform/auth/passkeys/${id}`)).status, 204);
    assert.equal((await signIn(authenticator.get(await signInOptions(), origin))).status, 401);
  });

  it('are told of to the address of the account: who has taken a session could keep it by one', async () => {
    const mails = catchMails(app);
    const { person } = await withPasskey();
    await app.services.jobs.idle();
    const told = mails.filter(({ to, subject }) => to === person.email && /passkey/.test(subject));
    assert.equal(told.length, 1);
    assert.match(told[0]?.text ?? '', /"laptop" was added/);
  });

  it('refuse a challenge that was used, is old, or was made for somebody else', async () => {
    const { authenticator, credential } = await withPasskey();
    const assertion = authenticator.get(await signInOptions(), origin);
    assert.equal((await signIn(assertion)).status, 200);
    assert.equal((await signIn(assertion)).body.code, 'invalid_challenge');
    const late = authenticator.get(await signInOptions(), origin);
    await app.clock.advance(6 * 60_000);
    assert.equal((await signIn(late)).body.code, 'invalid_challenge');
    const other = await register(app);
    assert.equal(
      (await other.http.post('/api/platform/auth/passkeys', { name: 'x', credential })).body.code,
      'invalid_challenge',
    );
    const mine = (await other.http.post('/api/platform/auth/passkeys/options')).body;
    const thief = await register(app);
    const stolen = softwareAuthenticator().create(mine, origin);
    assert.equal(
      (await thief.http.post('/api/platform/auth/passkeys', { name: 'x', credential: stolen })).body.code,
      'invalid_challenge',
    );
  });

  it('refuse another origin, another server’s id, and another key', async () => {
    const { authenticator } = await withPasskey();
    assert.equal((await signIn(authenticator.get(await signInOptions(), ORIGIN))).body.code, 'invalid_passkey');
    assert.equal(
      (await signIn(authenticator.get({ ...(await signInOptions()), rpId: 'evil.example' }, origin))).body.code,
      'invalid_passkey',
    );
    assert.equal(
      (await signIn(softwareAuthenticator().get(await signInOptions(), origin))).body.code,
      'invalid_passkey',
    );
    assert.equal((await signIn({ nonsense: true })).status, 422);
  });
});
