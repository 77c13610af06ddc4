/** From what somebody writes to a robot to the answer in the room. */
import assert from 'node:assert/strict';
import { upload } from '../robots/support.ts';
import {
  type Answers,
  conversationOf,
  knows,
  PAUSE_MS,
  said,
  say,
  setPolicy,
  startAnswers,
  why,
} from './answers-support.ts';

describe('answers', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers();
  });
  after(() => answers.stop());

  it('come from a model, by way of the robot’s settings, once the person pauses', async () => {
    const { owner, robot } = await answers.tenant({ aiTemperature: 0.3, aiMaxTokens: 500 });
    const told = await answers.app.record(/^ai\./);
    answers.says('It is ten euros.');
    await upload(robot, { spoken: 'How much is it?' });
    await answers.pass(PAUSE_MS - 1);
    assert.deepEqual(answers.asked(), []);
    await answers.pass(1);
    assert.deepEqual(await said(answers, robot), ['It is ten euros.']);
    const [asked] = answers.asked();
    assert.deepEqual([asked?.model, asked?.temperature, asked?.max_tokens], ['m', 0.3, 500]);
    assert.equal(asked?.messages.at(-1)?.content, 'How much is it?');
    const [event] = await told.all();
    assert.equal(event?.type, 'ai.reply.generated');
    const { reason, waiting, decisions } = await why(owner);
    assert.deepEqual([reason, waiting, decisions.length], [null, null, 1]);
    const [{ id, state, text, provider, model, question }] = decisions;
    assert.deepEqual(
      { state, text, provider, model, question },
      {
        state: 'sent',
        text: 'It is ten euros.',
        provider: 'fake',
        model: 'm',
        question: 'How much is it?',
      },
    );
    assert.equal((await owner.http.get(`/api/platform/ai/replies/${id}`)).body.state, 'sent');
    const statistics = await owner.http.get(`/api/robots/${robot.robotId}/statistics`);
    assert.equal(statistics.body.data.totalAICalls, 1);
  });

  it('are one for several short messages, at the latest after fifteen seconds', async () => {
    const { robot } = await answers.tenant();
    answers.says('One answer.');
    assert.deepEqual(await say(answers, robot, '你好', '在吗', '多少钱？'), ['One answer.']);
    assert.equal(answers.asked().at(-1)?.messages.at(-1)?.content, '你好\n在吗\n多少钱？');
    answers.says('Another.');
    for (let second = 0; second < 14; second += 2) {
      await upload(robot, { spoken: `message ${second}` });
      await answers.pass(2_000);
      assert.equal(answers.asked().length, 0, `after ${second + 2} s`);
    }
    await upload(robot, { spoken: 'the last' });
    await answers.pass(1_000);
    assert.equal(answers.asked().length, 1);
    assert.equal((await said(answers, robot)).length, 2);
  });

  it('are to all that was said, in whatever order it was told of', async () => {
    const { owner, robot } = await answers.tenant();
    answers.says('Yes.');
    await say(answers, robot, 'Before.');
    const { services, clock } = answers.app;
    const conversationId = await conversationOf(owner);
    const turn = await services.turns.find(conversationId);
    assert.ok(turn);
    await clock.advance(1_000);
    // Told of again, the newest first, each beside the other and one after the other.
    for (const text of ['one', 'two', 'three']) {
      await upload(robot, { spoken: text });
      await clock.advance(10);
    }
    await services.jobs.idle();
    const rows = await services.db.read('robots_messages').where({ robot: robot.key, direction: 'in' }).orderBy('id');
    const [first, second, third] = rows.slice(1).map(({ message_id }) => message_id);
    await services.db.write('ai_replies_turns').where({ conversation_id: conversationId }).update({ state: 'idle' });
    const { tenant_id: tenantId, contact_id: contactId } = turn;
    const heard = { conversationId, tenantId, contactId, robotId: robot.robotId, group: '', pauseMs: 0, mostMs: 0 };
    await Promise.all([second, third].map((id) => services.turns.receive({ ...heard, messageId: String(id) })));
    await services.turns.receive({ ...heard, messageId: String(first) });
    const now = await services.turns.find(conversationId);
    assert.deepEqual([now?.first_message, now?.last_message], [first, third]);
    await answers.pass(PAUSE_MS);
    const { decisions } = await why(owner);
    assert.equal(decisions[0].question, 'one\ntwo\nthree');
  });

  it('do not wait for a time that a clock which was ahead has noted', async () => {
    const { robot } = await answers.tenant();
    answers.says('Yes.');
    const { app } = answers;
    await app.clock.advance(24 * 3600_000);
    await upload(robot, { spoken: 'Tomorrow?' });
    await app.services.jobs.idle();
    await app.clock.advance(-24 * 3600_000);
    await answers.pass(PAUSE_MS);
    assert.deepEqual(await said(answers, robot), ['Yes.']);
  });

  it('give up what a model works on when something newer is said, and answer all of it', async () => {
    const { robot } = await answers.tenant();
    const { promise: isAsked, resolve } = Promise.withResolvers<void>();
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    answers.says(async () => {
      resolve();
      await mayEnd;
      return { action: 'reply', text: 'Too late.' };
    });
    await upload(robot, { spoken: 'first' });
    await answers.app.services.jobs.idle();
    await answers.app.clock.advance(PAUSE_MS);
    await isAsked;
    await upload(robot, { spoken: 'second' });
    await answers.app.services.jobs.idle();
    answers.says('Both.');
    end();
    await answers.pass(PAUSE_MS);
    assert.deepEqual(await said(answers, robot), ['Both.']);
    assert.equal(answers.asked().at(-1)?.messages.at(-1)?.content, 'first\nsecond');
  });

  it('wait as long as the robot is told to, in which what the model has taken counts; something newer withdraws them', async () => {
    const { owner, robot } = await answers.tenant({ replyDelayMin: 5, replyDelayMax: 5 });
    answers.says('First.');
    await upload(robot, { spoken: 'one' });
    await answers.pass(PAUSE_MS);
    assert.equal((await why(owner)).waiting.state, 'ready');
    assert.deepEqual(await said(answers, robot), []);
    await answers.pass(4_000);
    answers.says('Second.');
    await upload(robot, { spoken: 'two' });
    await answers.pass(PAUSE_MS);
    await answers.pass(4_999);
    assert.deepEqual(await said(answers, robot), []);
    await answers.pass(1);
    assert.deepEqual(await said(answers, robot), ['Second.']);
    const { decisions } = await why(owner);
    assert.deepEqual(
      decisions.map(({ state, reason }: any) => [state, reason]),
      [
        ['sent', ''],
        ['withdrawn', 'newer_message'],
      ],
    );
  });

  it('are made once, however often a message is told of and a job runs', async () => {
    const { owner, robot } = await answers.tenant();
    answers.says('Once.');
    const { replier, outcomes, db } = answers.app.services;
    await upload(robot, { spoken: 'hello' });
    await answers.app.services.jobs.idle();
    const conversation = await conversationOf(owner);
    const [message] = await db.read('robots_messages').where({ robot: robot.key });
    const heard = {
      message_id: message?.message_id ?? '',
      robot_id: robot.robotId,
      conversation_id: conversation,
      contact_id: 'c',
      group: '',
      person: '张三',
      text: 'hello',
      text_type: 1,
      room_type: 2,
      at_me: false,
    };
    await replier.receive(owner.tenantId, heard);
    await answers.app.clock.advance(PAUSE_MS);
    const signal = new AbortController().signal;
    await Promise.all([replier.answer(conversation, signal), replier.answer(conversation, signal)]);
    await answers.app.services.jobs.idle();
    for (const { uuid } of await db.read('ai_replies_replies').where({ conversation_id: conversation }))
      await outcomes.sendReady(uuid);
    await replier.receive(owner.tenantId, heard);
    await answers.pass(60_000);
    assert.deepEqual(await said(answers, robot), ['Once.']);
    // Known again when newer ones have come between.
    await say(answers, robot, 'more');
    await replier.receive(owner.tenantId, heard);
    await answers.pass(60_000);
    assert.equal((await said(answers, robot)).length, 2);
  });

  it('hand over to a person, who is not talked over', async () => {
    const { owner, robot } = await answers.tenant();
    const told = await answers.app.record(/^(ai|conversation)\./);
    answers.says({ action: 'handover', text: '' });
    assert.deepEqual(await say(answers, robot, '我要投诉'), ['马上为您转接人工客服，请稍候。']);
    const events = (await told.all()).map(({ type, data }: any) => `${type} ${data.reason ?? ''}`.trim());
    assert.ok(
      events.includes('ai.reply.held handover') && events.includes('conversation.handed_over model'),
      events.join(),
    );
    answers.says('Hello?');
    assert.equal((await say(answers, robot, 'are you there?')).length, 1);
    const { reason, decisions } = await why(owner);
    assert.deepEqual([reason, decisions[0].state, decisions[0].reason], ['taken', 'held', 'model']);
  });

  it('say one sentence to who asks for a person, and nothing more', async () => {
    const { robot } = await answers.tenant();
    answers.says('I am a robot.');
    assert.deepEqual(await say(answers, robot, '转人工'), ['马上为您转接人工客服，请稍候。']);
    await answers.pass(60_000);
    assert.deepEqual([(await said(answers, robot)).length, answers.asked().length], [1, 0]);
  });

  it('are withdrawn when a person answers first', async () => {
    const { owner, robot } = await answers.tenant({ replyDelayMin: 10, replyDelayMax: 10 });
    answers.says('From the robot.');
    await upload(robot, { spoken: 'hello' });
    await answers.pass(PAUSE_MS);
    const conversation = await conversationOf(owner);
    await owner.http.post(`/api/platform/robots/conversations/${conversation}/answers`, { text: 'From a person.' });
    await answers.pass(60_000);
    assert.deepEqual(await said(answers, robot), ['From a person.']);
    const { decisions } = await why(owner);
    assert.deepEqual([decisions[0].state, decisions[0].reason], ['withdrawn', 'person']);
  });

  it('stay away when the model says so', async () => {
    const { owner, robot } = await answers.tenant();
    answers.says({ action: 'silent', text: '' });
    assert.deepEqual(await say(answers, robot, 'thanks!'), []);
    const { decisions } = await why(owner);
    assert.deepEqual([decisions[0].state, decisions[0].reason], ['silent', 'model']);
  });

  it('come from what is known, and say where it stands', async () => {
    const { owner, robot } = await answers.tenant();
    const asked = knows(answers.app, owner.tenantId, [
      { id: 'a', document: 'Prices.md', headings: ['Shipping'], page: 2, text: 'Shipping costs 5 euros.' },
      { id: 'b', document: 'Other.md', text: 'Nothing of this.' },
    ]);
    answers.says({ action: 'reply', text: 'Five euros.', sources: ['S1', 'S9'] });
    assert.deepEqual(await say(answers, robot, 'How much is shipping to Germany?'), [
      'Five euros.\n\n[1] Prices.md › Shipping, p. 2',
    ]);
    assert.deepEqual(asked, ['How much is shipping to Germany?']);
    const data = String(answers.asked()[0]?.messages[1]?.content);
    assert.match(data, /<passage id="S1" from="Prices\.md > Shipping">\nShipping costs 5 euros\.\n<\/passage>/);
    const { decisions } = await why(owner);
    assert.deepEqual(
      decisions[0].sources.map(({ id }: any) => id),
      ['a'],
    );
    await setPolicy(owner, robot, { citations: false });
    assert.equal((await say(answers, robot, 'And how much is it to France?')).at(-1), 'Five euros.');
  });

  it('that a person has approved cost no call', async () => {
    const { owner, robot } = await answers.tenant();
    const { knowledge } = answers.app.services;
    const { approvedAnswer } = knowledge;
    knowledge.approvedAnswer = async ({ tenantId }) =>
      tenantId === owner.tenantId ? { id: 'q1', question: 'When?', answer: 'At nine.', score: 1 } : null;
    answers.says('A model says.');
    assert.deepEqual(await say(answers, robot, 'When do you open?'), ['At nine.']);
    knowledge.approvedAnswer = approvedAnswer;
    assert.equal(answers.asked().length, 0);
    const { decisions } = await why(owner);
    assert.deepEqual([decisions[0].provider, decisions[0].approved_answer], [null, 'q1']);
  });

  it('end when the other side is a machine that says the same again and again', async () => {
    const { owner, robot } = await answers.tenant();
    answers.says('How can I help?');
    for (let round = 0; round < 8; round++) await say(answers, robot, 'I am out of office.');
    const count = (await said(answers, robot)).length;
    assert.ok(count < 6, `${count} answers`);
    assert.equal((await why(owner)).reason, 'taken');
    await say(answers, robot, 'I am out of office.');
    assert.equal((await said(answers, robot)).length, count);
  });

  it('are long texts in several messages, as the channel shows them', async () => {
    const { robot } = await answers.tenant();
    answers.says(`**Bold**\n\n${'A sentence of some length. '.repeat(200)}`);
    const texts = await say(answers, robot, 'Tell me all');
    assert.ok(texts.length > 1);
    assert.match(texts[0] ?? '', /^Bold/);
  });
});
