/** The same engine answers mail and texts: drafts that a person sends, answers sent at once, and passages for whoever asks. */
import assert from 'node:assert/strict';
import type { LLMock } from '@copilotkit/aimock';
import { allowSending, confirmAddress, type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { mailOf, plainMail } from '#test/support/mail.ts';
import { knows } from './answers-support.ts';
import { fakeModels, startAi } from './support.ts';

describe('answers to mail and to texts', () => {
  let mock: LLMock;
  let app: TestPlatform;
  let owner: Person;
  let mailbox: string;

  before(async () => {
    mock = await fakeModels();
    const house = { kind: 'openai-compatible', baseUrl: `${mock.url}/v1`, model: 'gpt-4o', shared: true };
    const mail = { domains: ['example.com'], publicDomains: ['example.com'], smtp: { port: 0 } };
    app = await startAi({ house }, { ai: { retries: 0 }, plugins: { mail } });
    owner = await register(app);
    await confirmAddress(app, owner);
    await allowSending(app, owner);
    await owner.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
    mailbox = (await call('mail.createMailbox', {})).address;
    knows(app, owner.tenantId, [{ text: 'Parcels take two days.', document: 'Shipping.pdf', page: 3 }]);
  });
  after(async () => {
    await app.stop();
    await mock.stop();
  });
  afterEach(() => {
    mock.clearFixtures();
    mock.clearRequests();
  });

  const call = async (name: string, input: object, http = owner.http): Promise<any> => {
    const answer = await http.post(`/api/platform/functions/${name}`, { input });
    assert.equal(answer.status, 200, answer.text);
    return answer.body.output;
  };
  const says = (answer: object) => mock.on({}, { content: JSON.stringify(answer) });
  const mailAbout = async (subject: string): Promise<number> => {
    await mailOf(app).deliver(plainMail(subject), mailbox);
    await app.services.mailParseLoop.idle();
    const { items } = await call('mail.find', { mailbox, subject });
    return items[0].id;
  };
  const sent = () => app.services.db.read('mail_sent').orderBy('id');

  it('answers a text with what it comes from, or says that a person has to', async () => {
    says({ action: 'reply', text: 'Two days.', sources: ['S1'] });
    const answered = await call('ai.reply', { text: 'How long does it take?', from: 'Ada', as: 'Shop' });
    assert.equal(answered.action, 'reply');
    assert.match(answered.text, /^Two days\.\n\n\[1\] Shipping\.pdf, p\. 3$/);
    assert.deepEqual([answered.sources[0].document, answered.sources[0].page], ['Shipping.pdf', 3]);
    mock.clearFixtures();
    says({ action: 'handover', text: '' });
    assert.equal((await call('ai.reply', { text: 'I am very angry' })).action, 'handover');
  });

  it('keeps an answer to a mail for a person, who edits and sends it', async () => {
    const message = await mailAbout('How long?');
    says({ action: 'reply', text: 'Dear Ada, it takes two days.', sources: [] });
    const drafted = await call('ai.answerMail', { message_id: message });
    assert.deepEqual([drafted.action, drafted.sent_id], ['reply', null]);
    assert.deepEqual(await sent(), []);
    const [asked] = mock.getRequests();
    assert.match(JSON.stringify(asked?.body), /How long\?/);
    const edited = { input: { message_id: message, text: 'Dear Ada, two to three days.' } };
    const approved = await owner.http.post(`/api/platform/ai/tool-calls/${drafted.draft_id}/approve`, edited);
    assert.equal(approved.status, 200, approved.text);
    await app.services.jobs.idle();
    const [mail] = await sent();
    assert.equal(mail?.subject, 'Re: How long?');
    assert.match(String(mail?.text), /two to three days/);
  });

  it('sends it at once when that is wished, but not where every answer has to be approved', async () => {
    const message = await mailAbout('And now?');
    says({ action: 'reply', text: 'Now it is sent.', sources: [] });
    const answered = await call('ai.answerMail', { message_id: message, mode: 'send' });
    assert.ok(answered.sent_id);
    assert.equal((await sent()).at(-1)?.uuid, answered.sent_id);
    await owner.http.patch('/api/v2/tenant/settings', { require_approval: true });
    const held = await call('ai.answerMail', { message_id: message, mode: 'send' });
    assert.deepEqual([held.sent_id, typeof held.draft_id], [null, 'string']);
    await owner.http.patch('/api/v2/tenant/settings', { require_approval: false });
  });

  it('gives nobody somebody else’s mail', async () => {
    const stranger = await register(app);
    await stranger.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
    const message = await mailAbout('Private');
    const input = { message_id: message };
    const answer = await stranger.http.post('/api/platform/functions/ai.answerMail', { input });
    assert.deepEqual([answer.status, answer.body.code], [404, 'message_not_found']);
    assert.equal(mock.getRequests().length, 0);
  });

  it('finds passages, and asks nobody outside for it', async () => {
    const found = await call('kb.search', { text: 'How long do parcels take?' });
    assert.deepEqual(
      found.passages.map(({ document, page }: { document: string; page: number }) => [document, page]),
      [['Shipping.pdf', 3]],
    );
    assert.equal(mock.getRequests().length, 0);
  });
});
