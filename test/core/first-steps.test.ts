/** The check-list of the first fifteen minutes: each line says how it stands, for who looks at it. */
import assert from 'node:assert/strict';
import { addMember, authConfig, type Person, ROOT_TOKEN, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { sendMail } from '#test/support/smtp.ts';

const WORKFLOW = `document: { dsl: '1.0.0', namespace: test, name: first, version: '1.0.0' }
do:
  - nothing:
      set: { done: true }`;

describe('first steps', () => {
  let app: TestPlatform;
  let admin: Person;
  let owner: Person;
  let member: Person;
  let other: Person;

  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        mail: { smtp: { port: 0 }, domains: ['example.com'], publicDomains: ['example.com'] },
        robots: {},
        'ai-replies': {},
        licensing: {},
        workflows: {},
      },
      config: { http: { rateLimit: { enabled: false } } },
    });
    admin = await signInAdmin(app);
    owner = await register(app);
    member = await addMember(app, owner, 'member');
    other = await register(app);
  });
  after(() => app.stop());

  /** What is to be done, in its order, with a star for what is done. */
  const steps = async ({ http }: Pick<Person, 'http'>): Promise<string[]> => {
    const { status, body, text } = await http.get('/api/platform/first-steps');
    assert.equal(status, 200, text);
    return body.items.map(({ id, done }: { id: string; done: boolean }) => (done ? `${id}*` : id));
  };

  it('differ for who runs the server, who administers an organisation, and who is in one', async () => {
    assert.deepEqual(await steps(admin), [
      'auth.profile*',
      'auth.secondFactor',
      'mail.domain',
      'core.sending',
      'mail.receive',
      'auth.colleague',
      'ai-replies.model',
      'robots.robot',
      'workflows.first',
      'licensing.product',
      'core.backup',
    ]);
    assert.deepEqual(await steps(other), [
      'auth.profile*',
      'auth.secondFactor',
      'mail.receive',
      'auth.colleague',
      'ai-replies.model',
      'robots.robot',
      'workflows.first',
      'licensing.product',
    ]);
    assert.deepEqual(await steps(member), ['auth.profile', 'auth.secondFactor', 'mail.receive', 'robots.robot']);
    assert.equal((await app.http.get('/api/platform/first-steps')).status, 401);
    assert.equal((await app.http.bearer(ROOT_TOKEN).get('/api/platform/first-steps')).status, 200);
  });

  it('are ticked by what is really there, in that organisation alone', async () => {
    const done = async (answer: Promise<{ status: number; text: string }>) => {
      const { status, text } = await answer;
      assert.ok(status < 300, text);
    };
    await done(member.http.patch('/api/platform/auth/profile', { full_name: 'Bob' }));
    const to = await mailboxOf(app, owner, 'first');
    await sendMail(app.services.smtpReceiver.port()!, { from: 'shop@sender.example', to, subject: 'One', text: 'One' });
    await app.services.mailParseLoop.idle();
    await done(
      owner.http.post('/api/platform/ai/providers', {
        name: 'own',
        kind: 'openai-compatible',
        base_url: 'https://models.example/v1',
        model: 'small',
        api_key: 'secret',
      }),
    );
    await done(owner.http.post('/api/platform/robots/robots', { name: 'Robbie' }));
    await done(owner.http.post('/api/platform/licensing/products', { code: 'editor', name: 'Editor' }));
    await done(owner.http.post('/api/platform/workflows', { definition: WORKFLOW }));

    assert.deepEqual(await steps(owner), [
      'auth.profile*',
      'auth.secondFactor',
      'mail.receive*',
      'auth.colleague*',
      'ai-replies.model*',
      'robots.robot*',
      'workflows.first*',
      'licensing.product*',
    ]);
    // A colleague's mailbox is no mail of theirs.
    assert.deepEqual(await steps(member), ['auth.profile*', 'auth.secondFactor', 'mail.receive', 'robots.robot*']);
    const [, , , colleague, model] = await steps(other);
    assert.deepEqual([colleague, model], ['auth.colleague', 'ai-replies.model']);
    await done(other.http.post('/api/platform/auth/invitations', { email: 'new@example.org', role: 'member' }));
    assert.ok((await steps(other)).includes('auth.colleague*'));
    // A withdrawn invitation is none.
    const { body } = await other.http.get('/api/platform/auth/invitations');
    await done(other.http.delete(`/api/platform/auth/invitations/${body.items[0].id}`));
    assert.ok((await steps(other)).includes('auth.colleague'));
  });

  it('are nobody’s who may take no mailbox', async () => {
    const closed = await startPlatform({
      plugins: { auth: authConfig, mail: { smtp: { port: 0 }, publicDomains: [] } },
    });
    try {
      await signInAdmin(closed);
      assert.ok(!(await steps(await register(closed))).includes('mail.receive'));
    } finally {
      await closed.stop();
    }
  });
});
