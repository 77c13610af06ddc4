/** What is known of somebody by their address: each plugin tells its part, to who may see it, and nothing of other tenants. */
import assert from 'node:assert/strict';
import {
  addMember,
  allowSending,
  authConfig,
  keyOf,
  type Person,
  register,
  signInAdmin,
} from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { sendMail } from '#test/support/smtp.ts';
import { robotOf, upload } from '../plugins/robots/support.ts';

const ANNA = 'anna.berg+shop@customer.example';
const PLUGINS = {
  auth: authConfig,
  mail: { smtp: { port: 0 }, publicDomains: ['example.com'] },
  licensing: {},
  robots: { requestsPerMinute: 0 },
  billing: { defaultPlan: 'free' },
};

interface Section {
  id: string;
  rows: { title: string; detail: string | null; path: string; state: { value: string } | null; money: unknown }[];
  more: boolean;
  all: string | null;
  failed: boolean;
}

describe('what is known of somebody', () => {
  let app: TestPlatform;
  let admin: Person;
  let owner: Person;
  let member: Person;
  let stranger: Person;

  before(async () => {
    app = await startPlatform({ plugins: PLUGINS, config: { http: { rateLimit: { enabled: false } } } });
    admin = await signInAdmin(app);
    owner = await register(app);
    member = await addMember(app, owner, 'member');
    stranger = await register(app);
  });
  after(() => app.stop());

  const about = async (person: Pick<Person, 'http'>, query: string): Promise<Section[]> => {
    const { status, body, text } = await person.http.get(`/api/platform/about-people?${query}`);
    assert.equal(status, 200, text);
    assert.deepEqual(
      body.sections.filter(({ failed }: Section) => failed),
      [],
    );
    return body.sections;
  };
  const of = (address: string) => `email=${encodeURIComponent(address)}`;
  const shown = (sections: Section[]) =>
    Object.fromEntries(sections.map(({ id, rows }) => [id, rows.map(({ title }) => title)]));
  const sectionOf = (sections: Section[], id: string) => sections.find((section) => section.id === id);

  const licenceFor = async (person: Person, email: string): Promise<string> => {
    const answer = await person.http.post('/api/platform/licensing/licences', { plan: 'yearly', email });
    assert.equal(answer.status, 201, answer.text);
    return answer.body.license_id;
  };
  const hear = async (to: string, from: string, subject: string): Promise<void> => {
    await sendMail(app.services.smtpReceiver.port()!, { from, to, subject, text: 'A word' });
    await app.services.mailParseLoop.idle();
  };

  it('tells an owner of licences and mail of their own tenant, newest first, and members of no licences', async () => {
    const first = await licenceFor(owner, ANNA);
    const second = await licenceFor(owner, ANNA.toUpperCase());
    await licenceFor(owner, 'bob@customer.example');
    const theirs = await licenceFor(stranger, ANNA);
    const inbox = await mailboxOf(app, owner, 'support');
    const foreign = await mailboxOf(app, stranger, 'elsewhere');
    await hear(inbox, ANNA, 'A question');
    await hear(inbox, 'bob@customer.example', `What ${ANNA} has asked`);
    await hear(foreign, ANNA, 'For others');

    const own = await about(owner, of(` ${ANNA.toUpperCase()} `));
    assert.deepEqual(shown(own), {
      'auth.accounts': [],
      'licensing.licences': [second, first],
      'mail.received': ['A question'],
      'mail.sent': [],
      'robots.conversations': [],
    });
    assert.equal(sectionOf(own, 'licensing.licences')?.rows[0]?.state?.value, 'active');
    assert.deepEqual(shown(await about(stranger, of(ANNA))), {
      'auth.accounts': [],
      'licensing.licences': [theirs],
      'mail.received': ['For others'],
      'mail.sent': [],
      'robots.conversations': [],
    });
    // Of the support mailbox a member sees nothing: it is not theirs.
    const none = { 'mail.received': [], 'mail.sent': [], 'robots.conversations': [] };
    assert.deepEqual(shown(await about(member, of(ANNA))), none);
  });

  it('finds several addresses of one person, so many rows of each, and says when there are more', async () => {
    const sections = await about(owner, `email=${encodeURIComponent(`${ANNA},bob@customer.example`)}&most=2`);
    const licences = sectionOf(sections, 'licensing.licences');
    assert.deepEqual([licences?.rows.length, licences?.more], [2, true]);
    const mails = sectionOf(sections, 'mail.received');
    assert.deepEqual([mails?.rows.length, mails?.more], [2, false]);
  });

  it('has mail that was sent to them, of who has sent it', async () => {
    const from = await mailboxOf(app, member, 'hello');
    await allowSending(app, member);
    const sent = await member.http.post('/api/platform/mail/sent', {
      from,
      to: ['Carl@Customer.example'],
      subject: 'An offer',
      text: 'Here it is',
    });
    assert.equal(sent.status, 201, sent.text);
    const rows = async (person: Person) =>
      sectionOf(await about(person, of('carl@customer.example')), 'mail.sent')?.rows;
    assert.deepEqual(
      (await rows(member))?.map(({ title, path }) => [title, path]),
      [['An offer', `/mail/sent/${sent.body.id}`]],
    );
    assert.equal((await rows(owner))?.length, 1);
    assert.deepEqual(await rows(stranger), []);
  });

  it('tells accounts to who administers them, and invoices to who runs the server', async () => {
    const checkout = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'pro', billing_cycle: 'monthly' });
    assert.equal(checkout.status, 200, checkout.text);
    const paid = await admin.http.post(`/api/platform/billing/checkouts/${checkout.body.session_id}/confirm`);
    assert.equal(paid.status, 200, paid.text);

    const all = await about(admin, of(member.email));
    assert.equal(sectionOf(all, 'auth.accounts')?.rows.length, 1);
    const [invoice] = sectionOf(all, 'billing.invoices')?.rows ?? [];
    assert.deepEqual([invoice?.state?.value, invoice?.money], ['paid', { amount: 29.9, currency: 'USD' }]);

    const own = await about(owner, of(member.email));
    assert.equal(sectionOf(own, 'auth.accounts')?.rows.length, 1);
    assert.equal(sectionOf(own, 'billing.invoices'), undefined);
    assert.deepEqual(sectionOf(await about(stranger, of(member.email)), 'auth.accounts')?.rows, []);
  });

  it('has conversations with contacts on whom the address is noted, of robots that the reader may see', async () => {
    const robot = await robotOf(app);
    await upload(robot, { spoken: 'Where is my parcel?' });
    const { body } = await robot.owner.http.get('/api/platform/robots/contacts');
    const path = `/api/platform/robots/contacts/${body.items[0].id}`;
    const rows = async (person: Person, address = ANNA) =>
      sectionOf(await about(person, of(address)), 'robots.conversations')?.rows.map(({ title }) => title);
    assert.deepEqual(await rows(robot.owner), []);
    const noted = await robot.owner.http.patch(path, { fields: { email: `${ANNA.toUpperCase()} ` } });
    assert.equal(noted.status, 200, noted.text);
    assert.deepEqual(await rows(robot.owner), ['Where is my parcel?']);
    // Words of it are not the address itself.
    assert.deepEqual(await rows(robot.owner, 'anna.berg@customer.example'), []);
    assert.deepEqual(await rows(owner), []);
    assert.deepEqual(await rows(await addMember(app, robot.owner, 'member')), []);
  });

  it('gives a key no more than its scopes reach', async () => {
    const key = await keyOf(owner, ['mail:read']);
    const sections = await about({ http: app.http.with(key) }, of(ANNA));
    assert.deepEqual(shown(sections), { 'mail.received': ['A question'], 'mail.sent': [] });
  });

  it('refuses strangers, what is no address, and too many', async () => {
    assert.equal((await app.http.get(`/api/platform/about-people?${of(ANNA)}`)).status, 401);
    const six = Array.from({ length: 6 }, (_, index) => `a${index}@x.example`).join(',');
    for (const wrong of ['anna', '@@@', ',,,', six, `"' or 1=1 --@`]) {
      const { status } = await owner.http.get(`/api/platform/about-people?${of(wrong)}`);
      assert.ok(status === 400 || status === 422, `${wrong}: ${status}`);
    }
    for (const odd of [`o'neil\\"*@customer.example`, "':*|@x'y", '%_@%', '---@---', '中文@例子.cn'])
      assert.deepEqual(sectionOf(await about(owner, of(odd)), 'mail.received')?.rows, []);
  });
});
