/** Answers that a person sends: shown as drafts, changed, rejected, withdrawn when they have become worthless. */
import assert from 'node:assert/strict';
import { addMember, type Person } from '#test/support/accounts.ts';
import { walkList } from '#test/support/lists.ts';
import { type Answers, conversationOf, said, say, setPolicy, startAnswers, why } from './answers-support.ts';

const PATH = '/api/platform/ai/replies';

describe('drafts', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers();
  });
  beforeEach(() => answers.says('A draft.'));
  after(() => answers.stop());

  it('wait for a person, who sends them as they are or changed, once', async () => {
    const { owner, robot } = await answers.tenant();
    await owner.http.patch('/api/v2/tenant/settings', { require_approval: true });
    const told = await answers.app.record(/^ai\.reply/);
    assert.deepEqual(await say(answers, robot, 'hello'), []);
    assert.deepEqual(
      (await told.all()).map(({ type, data }) => [type, data.state]),
      [['ai.reply.generated', 'draft']],
    );
    assert.equal(await waiting(owner), 1);
    const [draft] = await drafts(owner);
    assert.deepEqual([draft.text, draft.question, draft.sent_at], ['A draft.', 'hello', null]);
    assert.deepEqual([draft.person, draft.group], ['张三', '']);
    const send = (body: object, version = draft.version) =>
      owner.http.post(`${PATH}/${draft.id}/send`, body, { 'if-match': `"${version}"` });
    assert.equal((await send({}, 'another')).status, 412);
    const both = await Promise.all([send({ text: 'A better one.' }), send({ text: 'A better one.' })]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 412]);
    assert.deepEqual(await said(answers, robot), ['A better one.']);
    assert.equal((await owner.http.post(`${PATH}/${draft.id}/send`, {})).status, 409);
    assert.equal((await owner.http.post(`${PATH}/${draft.id}/reject`)).status, 409);
    assert.equal(await waiting(owner), 0);
    const { state, text } = (await owner.http.get(`${PATH}/${draft.id}`)).body;
    assert.deepEqual([state, text], ['sent', 'A better one.']);
  });

  it('are rejected, by who may', async () => {
    const { owner, robot } = await answers.tenant();
    await setPolicy(owner, robot, { approval: true });
    await say(answers, robot, 'hello');
    const [draft] = await drafts(owner);
    const told = await answers.app.record(/^ai\.reply/);
    const key = await owner.http.post('/api/v2/api-keys', { name: 'reader', scopes: ['ai:read'], expires_in_days: 1 });
    const reader = answers.app.http.bearer(key.body.raw_key);
    assert.equal((await reader.get(`${PATH}/${draft.id}`)).status, 200);
    for (const step of ['send', 'reject'])
      assert.equal((await reader.post(`${PATH}/${draft.id}/${step}`, {})).status, 403);
    const stranger = await answers.tenant();
    for (const step of ['send', 'reject'])
      assert.equal((await stranger.owner.http.post(`${PATH}/${draft.id}/${step}`, {})).status, 404);
    const member = await addMember(answers.app, owner, 'member');
    assert.equal((await member.http.post(`${PATH}/${draft.id}/reject`)).status, 404, 'it is of a robot of the owner');
    const admin = await addMember(answers.app, owner, 'admin');
    const rejected = await admin.http.post(`${PATH}/${draft.id}/reject`);
    assert.equal(rejected.body.state, 'rejected');
    const { conversation_id, robot_id, contact_id } = draft;
    assert.deepEqual(
      (await told.all()).map(({ type, data }) => [type, data]),
      [['ai.reply.rejected', { reply_id: draft.id, conversation_id, robot_id, contact_id }]],
    );
    assert.deepEqual(await said(answers, robot), []);
  });

  it('are withdrawn when a person answers, and when something newer is said', async () => {
    const { owner, robot } = await answers.tenant();
    await setPolicy(owner, robot, { approval: true });
    await say(answers, robot, 'one');
    await say(answers, robot, 'two');
    assert.equal((await drafts(owner)).length, 1);
    const [draft] = await drafts(owner);
    const conversation = await conversationOf(owner);
    await owner.http.post(`/api/platform/robots/conversations/${conversation}/answers`, { text: 'From a person.' });
    await answers.pass(0);
    const { decisions } = await why(owner);
    assert.deepEqual(
      decisions.map(({ state, reason }: any) => `${state} ${reason}`),
      ['withdrawn person', 'withdrawn newer_message'],
    );
    assert.equal((await owner.http.post(`${PATH}/${draft.id}/send`, {})).status, 409);
  });

  it('are not sent to who has opted out meanwhile', async () => {
    const { owner, robot } = await answers.tenant();
    await setPolicy(owner, robot, { approval: true });
    await say(answers, robot, 'one');
    const [draft] = await drafts(owner);
    await answers.app.services.db
      .write('robots_contacts')
      .where({ tenant_id: owner.tenantId })
      .update({ opted_out: 1 });
    const refused = await owner.http.post(`${PATH}/${draft.id}/send`, {});
    assert.deepEqual([refused.status, refused.body.code], [409, 'conversation_taken']);
    assert.deepEqual([await said(answers, robot), (await drafts(owner)).length], [[], 0]);
  });

  it('need nobody where a person has written them before', async () => {
    const { owner, robot } = await answers.tenant();
    await setPolicy(owner, robot, { approval: true, floor: 'say' });
    assert.equal((await say(answers, robot, 'What is it?')).length, 1);
  });

  it('are listed in pages', async () => {
    const { owner, robot } = await answers.tenant();
    for (const text of ['one', 'two', 'three', 'four']) await say(answers, robot, text);
    await walkList({ client: owner.http, path: PATH, rows: 4, sorts: [] });
  });

  it('go with the contact, the robot and the tenant; old ones by the clock', async () => {
    const { db, events, replyErasure, clock } = answers.app.services;
    const rows = (where: object) => db.write('ai_replies_replies').where(where);
    const [one, other, third] = [await answers.tenant(), await answers.tenant(), await answers.tenant()];
    for (const { robot } of [one, other, third]) await say(answers, robot, 'my secret');
    const [contact] = (await one.owner.http.get('/api/platform/robots/contacts')).body.items;
    assert.equal((await one.owner.http.delete(`/api/platform/robots/contacts/${contact.id}`)).status, 204);
    await answers.pass(0);
    assert.deepEqual(await rows({ tenant_id: one.owner.tenantId }), []);
    await setPolicy(other.owner, other.robot, { persona: 'x' });
    await answers.app.services.robotErasure.erase({ tenant_id: other.owner.tenantId });
    await answers.pass(0);
    for (const table of ['ai_replies_replies', 'ai_replies_turns', 'ai_replies_policies'] as const)
      assert.deepEqual(await db.write(table).where({ robot_id: other.robot.robotId }), [], table);
    const before = clock.now() + 1;
    await answers.app.clock.advance(1_000);
    await say(answers, third.robot, 'again');
    assert.ok((await replyErasure.prune(before)) > 0);
    assert.equal((await rows({ tenant_id: third.owner.tenantId })).length, 1);
    const { tenantId } = third.owner;
    await db.transaction((trx) => events.emit(trx, 'tenant.deleted', { tenant_id: tenantId }, { tenantId }));
    await answers.pass(0);
    assert.deepEqual(await rows({ tenant_id: third.owner.tenantId }), []);
  });
});

async function drafts(owner: Person): Promise<any[]> {
  const list = await owner.http.get(`${PATH}?state=draft`);
  assert.equal(list.status, 200, list.text);
  return list.body.items;
}

/** As the dashboard has it. */
async function waiting(owner: Person): Promise<number> {
  const { body } = await owner.http.get('/api/platform/attention');
  const all: { id: string; count: number }[] = body.items ?? body;
  return all.find(({ id }) => id === 'ai-replies.drafts')?.count ?? 0;
}
