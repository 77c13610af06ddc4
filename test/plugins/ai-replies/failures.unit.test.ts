/** What happens when models fail, and what is learnt when people answer. */
import assert from 'node:assert/strict';
import { upload } from '../robots/support.ts';
import { type Answers, conversationOf, PAUSE_MS, said, say, setPolicy, startAnswers, why } from './answers-support.ts';

describe('answers that no model gives', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers({ ai: { retries: 0, breaker: { failures: 100, seconds: 1 } } });
  });
  after(() => answers.stop());

  it('are tried again, and then a person takes over', async () => {
    const { owner, robot } = await answers.tenant();
    const told = await answers.app.record(/^(ai\.reply|conversation\.handed)/);
    fails(answers);
    await upload(robot, { spoken: 'hello' });
    await answers.pass(PAUSE_MS);
    assert.deepEqual(await said(answers, robot), []);
    await answers.pass(10_000);
    assert.deepEqual(await said(answers, robot), []);
    await answers.pass(20_000);
    assert.deepEqual(await said(answers, robot), ['A colleague will take care of this in a moment.']);
    assert.deepEqual(
      (await told.all()).map(({ type, data }) => `${type} ${data.reason}`),
      ['conversation.handed_over provider_failed', 'ai.reply.held provider_failed'],
    );
    assert.equal((await why(owner)).decisions[0].reason, 'provider_failed');
  });

  it('are given by the next try when the model is back', async () => {
    const { robot } = await answers.tenant();
    fails(answers);
    await upload(robot, { spoken: 'hello' });
    await answers.pass(PAUSE_MS);
    answers.says('Back.');
    await answers.pass(10_000);
    assert.deepEqual(await said(answers, robot), ['Back.']);
  });

  it('are not given in another form, and an empty one is none', async () => {
    const { owner, robot } = await answers.tenant();
    await setPolicy(owner, robot, { failures: 1 });
    answers.says({ action: 'reply', text: '   ' });
    await say(answers, robot, 'hello');
    assert.equal((await why(owner)).decisions[0].reason, 'empty');
    answers.says({ action: 'dance' });
    assert.deepEqual(await say(answers, robot, 'hello?'), ['A colleague will take care of this in a moment.']);
  });

  it('are held where the money is used up, and where no model is set up, told once a day', async () => {
    const { owner, robot } = await answers.tenant();
    const told = await answers.app.record(/^ai\.reply\.held/);
    answers.says('Yes.');
    const { db, clock } = answers.app.services;
    const now = clock.now();
    await db.transaction(async (trx) => {
      const times = { created_at: now, updated_at: now };
      const subject = { tenant_id: owner.tenantId, kind: 'tenant' as const, subject: '' };
      await trx('ai_replies_budgets').insert({ uuid: 'budget', ...subject, period: 'day', micros: 0, ...times });
      await answers.app.services.budgets.changed(trx);
    });
    for (const text of ['one', 'two']) await say(answers, robot, text);
    assert.deepEqual(
      (await told.all()).map(({ data }) => data.reason),
      ['budget'],
    );
    assert.equal(answers.asked().length, 0);
  });

  it('are in plain words where a bot of its own gives them', async () => {
    const { app } = answers;
    const { owner, robot } = await answers.tenant();
    const { createServer } = await import('node:http');
    const bot = createServer((_, response) => response.end(JSON.stringify({ text: 'In plain words.' }))).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => bot.once('listening', resolve));
    const address = bot.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    const made = await owner.http.post('/api/platform/ai/providers', {
      name: 'bot',
      kind: 'webhook',
      base_url: `http://127.0.0.1:${port}/`,
    });
    assert.ok(made.status < 300, made.text);
    assert.deepEqual(await say(answers, robot, 'hello'), ['In plain words.']);
    bot.close();
    assert.ok(app);
  });

  it('become suggestions when a person answers, in the inbox or on the phone', async () => {
    const { owner, robot } = await answers.tenant({ aiMode: 'builtin' });
    const { knowledge, people } = answers.app.services;
    const { suggest } = knowledge;
    const suggested: unknown[] = [];
    knowledge.suggest = async (one) => void (one.tenantId === owner.tenantId && suggested.push(one));
    await setPolicy(owner, robot, { private: 'never' });
    for (const spoken of ['When do you open', 'on Sundays?']) await upload(robot, { spoken });
    const conversationId = await conversationOf(owner);
    const path = `/api/platform/robots/conversations/${conversationId}/answers`;
    assert.equal((await owner.http.post(path, { text: 'At nine.' })).status, 201);
    await answers.pass(0);
    await upload(robot, { spoken: 'And on Mondays?' });
    await upload(robot, { spoken: 'At eight.', isSelf: true });
    await answers.pass(0);
    await upload(robot, { spoken: `${'And '.repeat(600)}on Tuesdays?` });
    await upload(robot, { spoken: 'Yes, half of that is no question.', isSelf: true });
    await answers.pass(0);
    knowledge.suggest = suggest;
    const { tenantId } = owner;
    const [{ contact_id: contactId }] = (await owner.http.get('/api/platform/robots/conversations')).body.items;
    const user = await people.userByUuid(owner.id);
    assert.deepEqual(suggested, [
      {
        tenantId,
        conversationId,
        contactId,
        question: 'When do you open\non Sundays?',
        answer: 'At nine.',
        userId: user?.id,
      },
      { tenantId, conversationId, contactId, question: 'And on Mondays?', answer: 'At eight.', userId: null },
    ]);
  });
});

function fails({ mock }: Answers): void {
  mock.clearFixtures();
  mock.on({}, { error: { message: 'Down', type: 'server_error' }, status: 500 });
}
