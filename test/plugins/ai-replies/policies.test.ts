/** When a robot answers: by its mode, where it is spoken to, when, and how often. */
import assert from 'node:assert/strict';
import { AppError } from '#core/errors.ts';
import { addMember, register } from '#test/support/accounts.ts';
import { upload } from '../robots/support.ts';
import { type Answers, conversationOf, PAUSE_MS, said, say, setPolicy, startAnswers, why } from './answers-support.ts';

const DAY_MS = 24 * 3600_000;
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

describe('policies', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers();
  });
  beforeEach(() => answers.says('Yes.'));
  after(() => answers.stop());

  it('hold as they are set, and are changed with the version that one knows', async () => {
    const { owner, robot } = await answers.tenant({}, null);
    const path = `/api/platform/ai/policies/${robot.robotId}`;
    const before = await owner.http.get(path);
    assert.deepEqual(
      [before.body.is_set, before.body.policy.groups, before.body.policy.masking],
      [false, 'mention', true],
    );
    const set = await owner.http.put(
      path,
      { groups: 'always', approval: false },
      { 'if-match': `"${before.body.version}"` },
    );
    assert.deepEqual([set.status, set.body.is_set, set.body.policy.groups], [200, true, 'always'], set.text);
    assert.equal(
      (await owner.http.put(path, { approval: true }, { 'if-match': `"${before.body.version}"` })).status,
      412,
    );
    assert.equal((await owner.http.put(path, { approval: true, groups: 'sometimes' })).status, 422);
    assert.equal((await owner.http.put(path, { approval: true, unknown: 1 })).status, 422);
    assert.equal((await owner.http.put(path, { groups: 'always' })).status, 422, 'who speaks is said, not guessed');
    const stranger = await register(answers.app);
    for (const call of [
      stranger.http.get(path),
      stranger.http.put(path, { approval: true }),
      stranger.http.post(`${path}/try`, { text: 'x' }),
    ])
      assert.equal((await call).status, 404);
    const member = await addMember(answers.app, owner, 'member');
    assert.equal((await member.http.get(path)).status, 404, 'members see their own robots and those of all');
  });

  it('have a robot answer in its mode alone', async () => {
    for (const aiMode of ['third_party', 'none']) {
      const { owner, robot } = await answers.tenant({ aiMode });
      assert.deepEqual(await say(answers, robot, 'hello'), []);
      assert.equal((await why(owner)).reason, 'mode');
    }
    assert.equal(answers.asked().length, 0);
  });

  it('tell a model the name of a robot, and of one that nobody has named whose assistant it is', async () => {
    const { owner, robot } = await answers.tenant();
    const rename = (name: string) =>
      owner.http.patch(`/api/platform/robots/robots/${robot.robotId}`, {
        name: name.replace('…', robot.robotId.slice(-6)),
      });
    const instructions = () => String(answers.asked().at(-1)?.messages[0]?.content);
    const { name: organisation } = (await answers.app.services.people.tenantByUuid(owner.tenantId))!;
    for (const name of ['Robot …', '机器人-…']) {
      await rename(name);
      await say(answers, robot, 'hello');
      assert.ok(instructions().startsWith(`You are the assistant of "${organisation}" and answer`), instructions());
      assert.ok(!instructions().includes(robot.robotId.slice(-6)));
    }
    await rename('Tea shop');
    await say(answers, robot, 'hello again');
    assert.match(instructions(), /^You are "Tea shop" and answer/);
  });

  it('have it answer in groups when it is asked, or by keywords, or always, or never', async () => {
    const { owner, robot } = await answers.tenant();
    const group = (spoken: string, more: object = {}) => ({ spoken, groupName: 'G', roomType: 1, ...more });
    const count = async (...messages: object[]) => {
      const before = (await said(answers, robot)).length;
      return (await say(answers, robot, ...messages)).length - before;
    };
    assert.equal(await count(group('hello')), 0);
    assert.equal((await why(owner)).reason, 'not_addressed');
    assert.equal(await count(group('hello', { atMe: true })), 1);
    // What is added without another `@` belongs to it.
    assert.equal(await count(group('hello', { atMe: true }), group('how are you?')), 1);
    assert.equal(answers.asked().at(-1)?.messages.at(-1)?.content, 'hello\nhow are you?');
    await setPolicy(owner, robot, { groups: 'keywords', keywords: ['退款', 'Price'] });
    assert.equal(await count(group('my ＰＲＩＣＥ?')), 1);
    assert.equal(await count(group('我要退款')), 1);
    assert.equal(await count(group('hello')), 0);
    assert.equal(await count(group('hello', { atMe: true })), 1);
    await setPolicy(owner, robot, { groups: 'always' });
    assert.equal(await count(group('hello')), 1);
    await setPolicy(owner, robot, { groups: 'never', private: 'never' });
    assert.equal(await count(group('hello', { atMe: true }), { spoken: 'hello' }), 0);
  });

  it('keep to working hours, and say outside of them that nobody is there', async () => {
    const { owner, robot } = await answers.tenant();
    const hours = (from: string, to: string) => ({
      robots_working_hours: {
        zone: 'UTC',
        answer: 'Closed.',
        days: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from, to })),
      },
    });
    const now = new Date(answers.app.clock.now()).getUTCHours();
    const at = (hour: number) => `${String((hour + 24) % 24).padStart(2, '0')}:00`;
    await owner.http.patch('/api/v2/tenant/settings', now < 12 ? hours('13:00', '23:00') : hours('00:00', '11:00'));
    await setPolicy(owner, robot, { hours: 'open' });
    assert.deepEqual(await say(answers, robot, 'hello'), ['Closed.'], at(now));
    assert.equal((await why(owner)).reason, 'hours');
    await setPolicy(owner, robot, { hours: 'closed' });
    assert.deepEqual(await say(answers, robot, 'hello again'), ['Closed.', 'Yes.']);
    answers.says({ action: 'handover', text: '' });
    assert.match((await say(answers, robot, 'a complaint')).at(-1) ?? '', /Nobody is here at the moment/);
  });

  it('bound how often a room is answered, and how soon again', async () => {
    const { owner, robot } = await answers.tenant();
    await setPolicy(owner, robot, { rate: { answers: 2, minutes: 10 } });
    for (const text of ['one', 'two', 'three']) await say(answers, robot, text);
    assert.equal((await said(answers, robot)).length, 2);
    assert.equal((await why(owner)).reason, 'rate');
    await answers.app.clock.advance(10 * 60_000);
    assert.equal((await say(answers, robot, 'four')).length, 3);
    await setPolicy(owner, robot, { cool_down_seconds: 60 });
    await upload(robot, { spoken: 'five' });
    await answers.pass(PAUSE_MS);
    assert.equal((await said(answers, robot)).length, 3);
    await answers.pass(60_000);
    assert.equal((await said(answers, robot)).length, 4, 'what was said in the pause is answered after it');
  });

  it('end with the calls of a day when many write at once', async () => {
    const { robot } = await answers.tenant({ aiCallLimitDaily: 2 });
    answers.says('Yes.');
    for (let person = 0; person < 12; person++) await upload(robot, { spoken: 'hi', receivedName: `person ${person}` });
    await answers.pass(PAUSE_MS);
    assert.deepEqual([(await said(answers, robot)).length, answers.asked().length], [2, 2]);
    await answers.app.clock.advance(DAY_MS);
    await upload(robot, { spoken: 'and today?', receivedName: 'person 12' });
    await answers.pass(PAUSE_MS);
    assert.equal((await said(answers, robot)).length, 3);
  });

  it('end with the calls of a day, of which is told at 50, 80 and 100 %', async () => {
    const { owner, robot } = await answers.tenant({ aiCallLimitDaily: 2 });
    const told = await answers.app.record(/^ai\./);
    for (const text of ['one', 'two', 'three', 'four']) {
      await say(answers, robot, text);
      await answers.app.services.pendingWrites.settled();
    }
    assert.equal((await said(answers, robot)).length, 2);
    const events = (await told.all()).map(({ type, data }) => `${type} ${data.reason ?? data.percent ?? data.state}`);
    assert.deepEqual(events, [
      'ai.reply.generated sent',
      'ai.limit.reached 50',
      'ai.reply.generated sent',
      'ai.limit.reached 80',
      'ai.limit.reached 100',
      'ai.reply.held limit',
    ]);
    assert.equal((await why(owner)).reason, 'limit');
    await answers.app.clock.advance(DAY_MS);
    assert.equal((await say(answers, robot, 'tomorrow')).length, 3);
  });

  it('count what an answer comes from as cost, and not as a call of the robot', async () => {
    const { owner, robot } = await answers.tenant({ aiCallLimitDaily: 1 });
    const { metering, pendingWrites, db } = answers.app.services;
    const expected = { input: 5, output: 0 };
    await metering.call(
      {
        asker: { tenantId: owner.tenantId, purpose: 'embed', robotId: robot.robotId },
        provider: 'vectors',
        model: 'v',
        expected,
        price: { input: 1, output: 0 },
      },
      async () => ({ result: null, tokens: expected }),
    );
    await pendingWrites.settled();
    const [spent] = await db.read('ai_replies_spend').where({ kind: 'robot', subject: robot.robotId });
    assert.deepEqual([spent?.calls, spent?.micros], [0, 5]);
    answers.says('Yes.');
    assert.deepEqual(await say(answers, robot, 'hello'), ['Yes.']);
  });

  it('let no more go than the plan does', async () => {
    const { owner, robot } = await answers.tenant();
    const told = await answers.app.record(/^ai\.reply\.held/);
    const { usage } = answers.app.services;
    const { consume } = usage;
    usage.consume = async (trx, use) => {
      if (use.meter !== 'ai_replies') return consume(trx, use);
      throw new AppError('limit_exceeded', 'The plan allows no more', { status: 403 });
    };
    await say(answers, robot, 'one');
    await say(answers, robot, 'two');
    usage.consume = consume;
    assert.deepEqual(await said(answers, robot), []);
    assert.deepEqual(
      (await told.all()).map(({ data }) => data.reason),
      ['limit'],
    );
    assert.equal((await why(owner)).decisions[0].reason, 'limit');
  });

  it('have a context: so many messages, within tokens, of this session, with what is known of the contact', async () => {
    const { owner, robot } = await answers.tenant({
      aiContextLength: 2,
      sessionTimeoutMinutes: 30,
      aiScenario: 'You sell tea.',
    });
    for (const text of ['one', 'two', 'three']) await say(answers, robot, text);
    const [contact] = (await owner.http.get('/api/platform/robots/contacts')).body.items;
    await owner.http.patch(`/api/platform/robots/contacts/${contact.id}`, {
      fields: { city: 'Kyoto' },
      notes: 'likes sencha',
    });
    await setPolicy(owner, robot, { persona: 'You are polite.' });
    await say(answers, robot, 'four');
    const [system, data, ...rest] = answers.asked().at(-1)?.messages ?? [];
    assert.match(String(system?.content), /You are polite\.\nYou sell tea\.\nRules/);
    assert.match(String(data?.content), /<customer>\nName: 张三\n<\/customer>/, 'what nobody has allowed stays here');
    assert.deepEqual(
      rest.map(({ role, content }) => [role, content]),
      [
        ['user', 'three'],
        ['assistant', 'Yes.'],
        ['user', 'four'],
      ],
    );
    await say(answers, robot, `${'a long story '.repeat(1_000)}`);
    const sent = JSON.stringify(answers.asked().at(-1)?.messages.slice(2));
    assert.ok(sent.length < 5_000, `${sent.length}`);
    await answers.app.clock.advance(31 * 60_000);
    await say(answers, robot, 'a new day');
    assert.deepEqual(
      answers
        .asked()
        .at(-1)
        ?.messages.slice(2)
        .map(({ content }) => content),
      ['a new day'],
    );
  });

  it('let a model read what they say of a contact, with them alone and never in a group', async () => {
    const { owner, robot } = await answers.tenant();
    await upload(robot, { receivedName: 'Ada' });
    const [contact] = (await owner.http.get('/api/platform/robots/contacts')).body.items;
    const noted = { fields: { city: 'Kyoto', debt: 900 }, notes: 'likes sencha' };
    await owner.http.patch(`/api/platform/robots/contacts/${contact.id}`, noted);
    await setPolicy(owner, robot, { groups: 'always', contact_fields: ['city', 'constructor'], contact_notes: true });
    await say(answers, robot, { receivedName: 'Ada', spoken: 'hello' });
    const data = () => String(answers.asked().at(-1)?.messages[1]?.content);
    assert.match(data(), /<customer>\nName: Ada\ncity: Kyoto\nNotes: likes sencha\n<\/customer>/);
    await say(answers, robot, { receivedName: 'Ada', groupName: 'Neighbours', spoken: 'What do you know about me?' });
    assert.match(data(), /<customer>\nName: Ada\n<\/customer>/);
  });

  it('give nobody to a model who has refused consent', async () => {
    const { owner, robot } = await answers.tenant();
    await upload(robot, { receivedName: 'Ada' });
    await answers.pass(PAUSE_MS);
    const before = answers.asked().length;
    const [contact] = (await owner.http.get('/api/platform/robots/contacts')).body.items;
    await owner.http.patch(`/api/platform/robots/contacts/${contact.id}`, { consent: 'refused' });
    await say(answers, robot, { receivedName: 'Ada', spoken: 'My secret is blue' });
    assert.equal(answers.asked().length, before);
    assert.equal((await why(owner)).decisions[0].reason, 'contact_consent');
  });

  it('let pictures go along with the words that belong to them', async () => {
    const { owner, robot } = await answers.tenant();
    const picture = { spoken: '', textType: 2, fileBase64: PNG };
    const asked = () => answers.asked().at(-1)?.messages.at(-1)?.content;
    await say(answers, robot, picture, 'What is this?');
    assert.equal(asked(), '(a picture without words)\nWhat is this?');
    await setPolicy(owner, robot, { pictures: true });
    await say(answers, robot, picture, 'And this?');
    const [words, shown] = asked() as any[];
    assert.deepEqual(
      [words.text, shown.image_url.url],
      ['(a picture without words)\nAnd this?', `data:image/png;base64,${PNG}`],
    );
  });

  it('show on the test bench what is found and sent, without a word to anybody', async () => {
    const { owner, robot } = await answers.tenant({ aiScenario: 'You sell tea.' });
    const path = `/api/platform/ai/policies/${robot.robotId}/try`;
    const shown = await owner.http.post(path, { text: 'Call me at 13812345678' });
    assert.equal(shown.status, 200, shown.text);
    assert.equal(shown.body.prompt.messages.at(-1).text, 'Call me at [PHONE_1]');
    assert.deepEqual([shown.body.answer, shown.body.passages, shown.body.approved], [null, [], null]);
    assert.equal(answers.asked().length, 0);
    const asked = await owner.http.post(path, { text: 'Tea?', ask: true });
    assert.deepEqual([asked.body.answer.action, asked.body.answer.text], ['reply', 'Yes.'], asked.text);
    assert.deepEqual(await said(answers, robot), []);
    await owner.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: false });
    assert.equal((await owner.http.post(path, { text: 'Tea?', ask: true })).status, 403);
    assert.equal((await owner.http.post(path, { text: 'Tea?' })).status, 200);
    assert.equal(answers.asked().length, 1);
  });

  it('are nobody else’s to look into', async () => {
    const { owner, robot } = await answers.tenant();
    await say(answers, robot, 'hello');
    const conversation = await conversationOf(owner);
    const { decisions } = await why(owner);
    const stranger = await register(answers.app);
    for (const path of [`conversations/${conversation}/why`, `replies/${decisions[0].id}`, `conversations/none/why`])
      assert.equal((await stranger.http.get(`/api/platform/ai/${path}`)).status, 404, path);
    assert.deepEqual((await stranger.http.get('/api/platform/ai/replies')).body.items, []);
    assert.equal(
      (await owner.http.get(`/api/platform/ai/replies?conversation_id=${conversation}`)).body.items.length,
      1,
    );
  });
});
