/** Two replicas on one database: a message that one hears gives up what the other's model works on, and nothing is said twice. */
import assert from 'node:assert/strict';
import type { Person } from '#test/support/accounts.ts';
import { freshDatabase, type TestPlatform } from '#test/support/harness.ts';
import { allIdle } from '#test/support/replicas.ts';
import { poll, upload } from '../robots/support.ts';
import { type Answers, conversationOf, PAUSE_MS, said, setPolicy, startAnswers } from './answers-support.ts';

describe('answers of two replicas', () => {
  let answers: Answers;
  let other: TestPlatform;
  before(async () => {
    answers = await startAnswers({ database: await freshDatabase() });
    other = await answers.another();
  });
  after(async () => {
    await other.platform.stop();
    await answers.stop();
  });

  it('are given up by the one when the other hears something newer', async () => {
    const { robot } = await answers.tenant();
    const { promise: isAsked, resolve } = Promise.withResolvers<void>();
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    answers.says(async () => {
      resolve();
      await mayEnd;
      return { action: 'reply', text: 'Too late.' };
    });
    await upload(robot, { spoken: 'first' });
    await idle();
    await answers.app.clock.advance(PAUSE_MS);
    await isAsked;
    const elsewhere = { ...robot, http: other.http.bearer(robot.token) };
    await upload(elsewhere, { spoken: 'second' });
    await other.services.jobs.idle();
    answers.says('Both.');
    end();
    await idle();
    await answers.app.clock.advance(PAUSE_MS);
    await idle();
    assert.deepEqual(await said(answers, robot), ['Both.']);
    assert.equal((await poll(robot)).length, 1);
  });

  it('are sent once when both make them', async () => {
    const { owner, robot } = await answers.tenant({ replyDelayMin: 0, replyDelayMax: 0 });
    answers.says('Once.');
    await upload(robot, { spoken: 'hello' });
    await idle();
    const conversation = await conversationOf(owner);
    const { signal } = new AbortController();
    const replicas = [answers.app, other];
    const due = answers.app.services.db.write('ai_replies_turns').where({ conversation_id: conversation });
    await due.update({ due_at: answers.app.clock.now() });
    await Promise.all(
      replicas.flatMap(({ services }) => [1, 2].map(() => services.replier.answer(conversation, signal))),
    );
    await answers.app.clock.advance(PAUSE_MS);
    await idle();
    assert.deepEqual(await said(answers, robot), ['Once.']);
  });

  it('carry out once what is approved at both', async () => {
    const { owner, robot } = await answers.tenant();
    answers.says('Hello.');
    await upload(robot, { spoken: 'hello' });
    await idle();
    const [contact] = (await owner.http.get('/api/platform/robots/contacts')).body.items;
    const { people, db } = answers.app.services;
    const user = await people.userByUuid(owner.id);
    assert.ok(user);
    const use = {
      tenantId: owner.tenantId,
      robotId: robot.robotId,
      conversationId: await conversationOf(owner),
      key: 'k',
    };
    const input = { contact_id: contact.id, fields: { city: 'Bremen' } };
    // The same answer is made by both.
    const proposed = await Promise.all(
      [answers.app, other].map(({ services }) =>
        services.tools.propose(use, 'function:contacts.update', input, user.id),
      ),
    );
    assert.equal(new Set(proposed).size, 1);
    const path = `/api/platform/ai/tool-calls/${proposed[0]}/approve`;
    const there = other.http.bearer(owner.accessToken);
    const pressed = await Promise.all([owner.http, there, owner.http, there].map((http) => http.post(path)));
    assert.deepEqual(pressed.map(({ status }) => status).sort(), [200, 409, 409, 409]);
    await idle();
    const [call] = await db.read('ai_replies_tool_calls').where({ uuid: proposed[0] ?? '' });
    assert.equal(call?.state, 'done');
  });

  it('send no draft beside what a person answers at the other', async () => {
    answers.says('A draft.');
    for (let times = 0; times < 5; times++) {
      const { owner, robot } = await answers.tenant();
      await setPolicy(owner, robot, { approval: true });
      await upload(robot, { spoken: 'hello' });
      await idle();
      await answers.app.clock.advance(PAUSE_MS);
      await idle();
      const conversationId = await conversationOf(owner);
      const [draft] = (await owner.http.get('/api/platform/ai/replies?state=draft')).body.items;
      assert.ok(draft, await whatBecameOf(owner, conversationId));
      const there = other.http.bearer(owner.accessToken);
      const conversation = `/api/platform/robots/conversations/${conversationId}/answers`;
      const [sent, answered] = await Promise.all([
        owner.http.post(`/api/platform/ai/replies/${draft.id}/send`, {}),
        there.post(conversation, { text: 'A person.' }),
      ]);
      await idle();
      assert.ok(answered.status < 300, answered.text);
      const texts = await said(answers, robot);
      assert.deepEqual(texts, sent.status === 200 ? ['A draft.', 'A person.'] : ['A person.'], sent.text);
      const after = await owner.http.get(`/api/platform/ai/replies/${draft.id}`);
      assert.equal(after.body.state, sent.status === 200 ? 'sent' : 'withdrawn');
    }
  });

  async function whatBecameOf({ http, tenantId }: Person, conversationId: string): Promise<string> {
    const { db } = answers.app.services;
    const [turns, replies, log, jobs] = await Promise.all([
      db.read('ai_replies_turns').where({ tenant_id: tenantId }),
      db.read('ai_replies_replies').where({ tenant_id: tenantId }),
      db.read('robots_logs').where({ tenant_id: tenantId }),
      db.read('core_jobs'),
    ]);
    const why = (await http.get(`/api/platform/ai/conversations/${conversationId}/why`)).body;
    const asked = answers.asked().length;
    return JSON.stringify({ now: answers.app.clock.now(), turns, replies, log, jobs, why, asked });
  }

  function idle(): Promise<void> {
    return allIdle(answers.app, other);
  }
});
