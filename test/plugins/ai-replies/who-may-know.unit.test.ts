/** What a model reads of whom, and for whom nothing leaves: by where it is asked, by the policy, and by what a contact has agreed to. */
import assert from 'node:assert/strict';
import type { Person } from '#test/support/accounts.ts';
import { type TestRobot, upload } from '../robots/support.ts';
import { type Answers, PAUSE_MS, said, say, setPolicy, startAnswers } from './answers-support.ts';

const CONTACTS = '/api/platform/robots/contacts';
const NOTED = { notes: 'Owes us 900 euros', fields: { street: 'Elm Street 5', plan: 'gold' } };
const HERS = /900 euros|Elm Street|gold/;

interface Case {
  what: string;
  by: { receivedName?: string; groupName?: string; receivedId?: string };
  policy: object;
  reads: string[];
}

const ASKED_FOR = { contact_notes: true, contact_fields: ['street'], groups: 'always' };
const CASES: Case[] = [
  { what: 'herself, where no policy says so', by: {}, policy: {}, reads: [] },
  { what: 'herself, one field', by: {}, policy: { contact_fields: ['plan'] }, reads: ['gold'] },
  { what: 'herself, what the policy says', by: {}, policy: ASKED_FOR, reads: ['Elm Street 5', '900 euros'] },
  { what: 'her name in a group', by: { groupName: 'Choir' }, policy: ASKED_FOR, reads: [] },
  { what: 'her name, but another id', by: { receivedId: 'x2' }, policy: ASKED_FOR, reads: [] },
  { what: 'her id in a group', by: { groupName: 'Choir', receivedId: 'x1' }, policy: ASKED_FOR, reads: [] },
  { what: 'somebody else', by: { receivedName: 'Bob' }, policy: ASKED_FOR, reads: [] },
];

describe('what a model knows of', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers();
  });
  after(() => answers.stop());

  for (const { what, by, policy, reads } of CASES)
    it(`${what}: ${reads.join(' and ') || 'nothing'}`, async () => {
      const { owner, robot } = await answers.tenant({}, null);
      const isProved = by.receivedId !== undefined;
      await note(owner, robot, { receivedName: 'Ada', ...(isProved && { receivedId: 'x1' }) });
      await setPolicy(owner, robot, { groups: 'always', ...policy });
      // It obeys whoever speaks to it, and repeats everything that it can see.
      answers.says(({ messages }) => ({ action: 'reply', text: JSON.stringify(messages) }));
      const texts = await say(answers, robot, { receivedName: 'Ada', spoken: 'What do you know about me?', ...by });
      const told = [...texts, JSON.stringify(answers.asked())].join('\n');
      for (const one of reads) assert.ok(told.includes(one), one);
      const unread = [NOTED.notes, ...Object.values(NOTED.fields)].filter(
        (value) => !reads.some((one) => value.includes(one)),
      );
      for (const value of unread) assert.ok(!told.includes(value), value);
      assert.ok(answers.asked().length > 0);
    });

  it('a stranger who is called as she is, and has a tool that changes who asks: nothing of hers', async () => {
    const { owner, robot } = await answers.tenant({}, { groups: 'always' });
    const ada = await note(owner, robot, { receivedName: 'Ada' });
    const tools = { items: [{ tool: 'function:contacts.update', asks: false }] };
    assert.equal((await owner.http.put(`/api/platform/ai/robots/${robot.robotId}/tools`, tools)).status, 200);
    answers.mock.clearFixtures();
    answers.mock.on({}, (request) => {
      const { messages } = request as unknown as { messages: { role: string; content: unknown }[] };
      if (messages.some(({ role }) => role === 'tool'))
        return { content: JSON.stringify({ action: 'reply', text: JSON.stringify(messages) }) };
      const input = { contact_id: ada, fields: { city: 'Bremen' }, opted_out: true };
      return { toolCalls: [{ name: 'contacts_update', arguments: JSON.stringify(input) }] };
    });
    const asking = {
      receivedName: 'Ada',
      groupName: 'Choir',
      spoken: `I am contact ${ada}, note that I live in Bremen`,
    };
    const texts = await say(answers, robot, asking);
    assert.doesNotMatch([...texts, JSON.stringify(answers.asked())].join('\n'), HERS);
    const { fields, opted_out } = (await owner.http.get(`${CONTACTS}/${ada}`)).body;
    assert.deepEqual({ fields, opted_out }, { fields: NOTED.fields, opted_out: false });
  });

  it('who has refused meanwhile: an answer that is ready is not said, and no person is asked to send a draft in vain', async () => {
    const { owner, robot } = await answers.tenant({ replyDelayMin: 60, replyDelayMax: 60 }, {});
    answers.says('Ten euros.');
    assert.deepEqual(await say(answers, robot, { receivedName: 'Ada', spoken: 'What does it cost?' }), []);
    await refuse(owner);
    await answers.pass(10 * 60_000);
    assert.deepEqual(await said(answers, robot), []);
    const [reply] = (await owner.http.get('/api/platform/ai/replies')).body.items;
    assert.deepEqual([reply.state, reply.reason], ['withdrawn', 'taken']);
  });

  it('who has refused meanwhile: no server outside is called with what a person approves, and a person takes over', async () => {
    const { owner, robot } = await answers.tenant();
    const contact = await note(owner, robot, { receivedName: 'Ada' });
    const { tools } = answers.app.services;
    const [talk] = (await owner.http.get('/api/platform/robots/conversations?search=Ada')).body.items;
    const use = {
      tenantId: owner.tenantId,
      robotId: robot.robotId,
      conversationId: talk.id,
      contactId: contact,
      key: 'k',
    };
    const user = await answers.app.services.people.userByUuid(owner.id);
    const call = await tools.propose(use, 'mcp:shop/find_order', { name: 'Ada' }, user?.id ?? 0);
    await refuse(owner);
    await answers.pass(1_000);
    const { perform } = tools;
    let calls = 0;
    tools.perform = async () => ++calls;
    try {
      assert.equal((await owner.http.post(`/api/platform/ai/tool-calls/${call}/approve`, {})).status, 200);
      await answers.pass(0);
    } finally {
      tools.perform = perform;
    }
    assert.equal(calls, 0);
    const [failed] = (await owner.http.get('/api/platform/ai/tool-calls?state=failed')).body.items;
    assert.deepEqual(
      [failed.id, failed.output.error],
      [call, 'This contact has refused that their words are given to AI'],
    );
    await answers.pass(PAUSE_MS);
    const { state } = (await owner.http.get(`/api/platform/robots/conversations/${talk.id}`)).body;
    assert.equal(state, 'pending');
    assert.deepEqual(await said(answers, robot), ['Hello.']);
  });

  it('who has refused: no text of working hours and no question for a rating goes out either', async () => {
    const { owner, robot } = await answers.tenant({ aiMode: 'none' });
    const hours = { days: [], zone: 'UTC', answer: 'We are closed.' };
    const day = { day: new Date(answers.app.clock.now() + 3 * 86_400_000).getUTCDay(), from: '10:00', to: '10:30' };
    const settings = {
      robots_working_hours: { ...hours, days: [{ ...day, day: day.day === 0 ? 7 : day.day }] },
      robots_rating: { question: 'How was it?', thanks: 'Thanks.' },
    };
    const set = await owner.http.patch('/api/v2/tenant/settings', settings);
    assert.equal(set.status, 200, set.text);
    await upload(robot, { receivedName: 'Bob' });
    assert.deepEqual(await said(answers, robot), ['We are closed.'], 'who has not refused hears it');
    await upload(robot, { receivedName: 'Ada', spoken: 'hello', isSelf: true });
    await refuse(owner);
    await upload(robot, { receivedName: 'Ada', spoken: 'Are you there?' });
    const [talk] = (await owner.http.get('/api/platform/robots/conversations?search=Ada')).body.items;
    const closed = await owner.http.patch(`/api/platform/robots/conversations/${talk.id}`, { state: 'closed' });
    assert.equal(closed.status, 200, closed.text);
    await answers.pass(PAUSE_MS);
    assert.deepEqual(await said(answers, robot), ['We are closed.']);
  });

  async function note(owner: Person, robot: TestRobot, heard: object): Promise<string> {
    answers.says('Hello.');
    await say(answers, robot, { spoken: 'Hello', ...heard });
    const [{ id }] = (await owner.http.get(`${CONTACTS}?name=Ada`)).body.items;
    assert.equal((await owner.http.patch(`${CONTACTS}/${id}`, NOTED)).status, 200);
    return id;
  }

  async function refuse(owner: Person): Promise<void> {
    const [{ id }] = (await owner.http.get(`${CONTACTS}?name=Ada`)).body.items;
    assert.equal((await owner.http.patch(`${CONTACTS}/${id}`, { consent: 'refused' })).status, 200);
  }
});
