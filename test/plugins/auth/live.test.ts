/** Invitations and the audit log tell live that there is something new, to those who see the lists. */
import assert from 'node:assert/strict';
import { addMember, authConfig, confirmAddress, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type OpenStream, openStream } from '#test/support/streams.ts';

const INVITATIONS = '/api/platform/auth/invitations';

describe('live topics of accounts', () => {
  let app: TestPlatform;
  let root: Person;
  let owner: Person;
  let member: Person;
  let stranger: Person;
  const open = ({ accessToken }: Person, topics: string): Promise<OpenStream> =>
    openStream(`${app.url}/api/platform/live?topics=${topics}`, { authorization: `Bearer ${accessToken}` });

  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config: { http: { rateLimit: { enabled: false } } } });
    root = await signInAdmin(app);
    owner = await register(app);
    await confirmAddress(app, owner);
    member = await addMember(app, owner, 'member');
    stranger = await register(app);
  });
  after(() => app.stop());

  it('tell of invitations that are made, withdrawn and accepted', async () => {
    const [stream, others] = await Promise.all([
      open(owner, 'invitation.changed'),
      open(stranger, 'invitation.changed'),
    ]);
    const made = await owner.http.post(INVITATIONS, { email: 'new@example.org', role: 'member' });
    await stream.until(1);
    assert.deepEqual(stream.data[0].data, { id: made.body.id });
    await owner.http.delete(`${INVITATIONS}/${made.body.id}`);
    await stream.until(2);
    const { invitations, mails } = app.services;
    const admit = mails.enqueue;
    let token = '';
    mails.enqueue = async (trx, template, to, given, values) => {
      token = given ?? '';
      await admit(trx, template, to, given, values);
    };
    await owner.http.post(INVITATIONS, { email: 'newer@example.org', role: 'member' });
    mails.enqueue = admit;
    await invitations.accept({ token, password: 'a good password 1' }, { ip: '', userAgent: '' });
    await stream.until(4);
    assert.deepEqual(others.types, [], 'another tenant');
    stream.close();
    others.close();
  });

  it('tell of new entries of the log, with nothing of what they say', async () => {
    const [stream, all, others] = await Promise.all([
      open(owner, 'audit.recorded'),
      open(root, 'audit.recorded'),
      open(stranger, 'audit.recorded'),
    ]);
    await owner.http.patch(`/api/platform/auth/users/${member.id}`, { full_name: 'Secret name' });
    // By the group commit: nobody's transaction.
    await app.http.post('/api/v2/auth/login', { email: member.email, password: 'wrong' });
    await stream.until(1);
    await all.until(2);
    assert.deepEqual(stream.data[0].data, { action: 'user.changed' });
    assert.equal(all.data[1].data.action, 'user.sign_in_failed');
    assert.doesNotMatch(JSON.stringify([stream.data, all.data]), /Secret name/);
    assert.deepEqual(others.types, []);
    for (const one of [stream, all, others]) one.close();
  });

  it('are refused to who does not see the lists', async () => {
    for (const topic of ['invitation.changed', 'audit.recorded']) assert.equal((await open(member, topic)).status, 403);
  });
});
