/** What customers were told that somebody would do: they hear how it ended, or a person takes over, whatever fails in between. */
import assert from 'node:assert/strict';
import type { Person } from '#test/support/accounts.ts';
import { type TestRobot, upload } from '../robots/support.ts';
import {
  type Answers,
  type AskedOfModel,
  conversationOf,
  knows,
  PAUSE_MS,
  said,
  say,
  setPolicy,
  startAnswers,
  why,
} from './answers-support.ts';

const CALLS = '/api/platform/ai/tool-calls';
const PERSON = 'A colleague will take care of this in a moment.';
const HOUR_MS = 3600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

describe('what was promised', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers({ ai: { decisionHours: 3 } });
  });
  after(() => answers.stop());

  /** A robot whose model asks for a change, and tells how it ended as soon as it knows. */
  async function asking(settings: object = {}, policy: object = {}) {
    const { owner, robot } = await answers.tenant(settings);
    knows(answers.app, owner.tenantId, [{ text: 'Addresses can be changed by us.' }]);
    await setPolicy(owner, robot, policy);
    answers.says('Hello.');
    await say(answers, robot, 'Hello');
    await answers.pass(60_000);
    const allowed = await owner.http.put(`/api/platform/ai/robots/${robot.robotId}/tools`, {
      items: [{ tool: 'function:contacts.update' }],
    });
    assert.equal(allowed.status, 200, allowed.text);
    const input = { fields: { city: 'Bremen' } };
    answers.mock.clearFixtures();
    answers.mock.on({}, (request) => {
      const { messages } = request as unknown as AskedOfModel;
      const told = JSON.stringify(messages);
      if (told.includes('has refused this')) return reply('We cannot change that.');
      if (told.includes('<action')) return reply('Done, you live in Bremen now.');
      if (messages.some(({ role }) => role === 'tool')) return reply('We are looking into it.');
      return { toolCalls: [{ name: 'contacts_update', arguments: JSON.stringify(input) }] };
    });
    await say(answers, robot, 'I live in Bremen now');
    await arrive(robot);
    return { owner, robot, call: await waitingCall(owner) };
  }

  it('is told when it was allowed before the answer about it was sent', async () => {
    const { owner, robot, call } = await asking({ replyDelayMin: 60, replyDelayMax: 60 });
    assert.equal((await owner.http.post(`${CALLS}/${call}/approve`, {})).status, 200);
    await answers.pass(0);
    await answers.pass(10 * 60_000);
    assert.equal((await said(answers, robot)).at(-1), 'Done, you live in Bremen now.');
    assert.ok(!(await said(answers, robot)).includes('We are looking into it.'), 'it is not true any more');
  });

  it('is told when it was allowed while an answer is being made', async () => {
    const { owner, robot, call } = await asking();
    answers.mock.clearFixtures();
    answers.mock.on({}, async (request) => {
      const { messages } = request as unknown as AskedOfModel;
      if (JSON.stringify(messages).includes('<action')) return reply('Done, you live in Bremen now.');
      assert.equal((await owner.http.post(`${CALLS}/${call}/approve`, {})).status, 200);
      while ((await owner.http.get(`${CALLS}?state=done`)).body.items.length === 0);
      return reply('Still looking.');
    });
    await say(answers, robot, 'Well?');
    await answers.pass(0);
    assert.deepEqual((await said(answers, robot)).slice(-2), [
      'We are looking into it.',
      'Done, you live in Bremen now.',
    ]);
  });

  it('leaves one draft, that which knows how it ended', async () => {
    const { owner, call } = await asking({}, { approval: true });
    assert.equal((await owner.http.post(`${CALLS}/${call}/approve`, {})).status, 200);
    await answers.pass(0);
    const { items } = (await owner.http.get('/api/platform/ai/replies?state=draft')).body;
    assert.deepEqual(
      items.map(({ text }: { text: string }) => text),
      ['Done, you live in Bremen now.'],
    );
  });

  it('is told when a person has rejected it', async () => {
    const { owner, robot, call } = await asking();
    assert.equal((await owner.http.post(`${CALLS}/${call}/reject`, {})).status, 200);
    await answers.pass(0);
    assert.equal((await said(answers, robot)).at(-1), 'We cannot change that.');
  });

  it('goes to a person when the model may not be asked any more', async () => {
    const { owner, robot, call } = await asking();
    const limit = { aiCallLimitDaily: 1 };
    assert.equal((await owner.http.patch(`/api/platform/robots/robots/${robot.robotId}`, limit)).status, 200);
    await answers.pass(60_000);
    assert.equal((await owner.http.post(`${CALLS}/${call}/approve`, {})).status, 200);
    await answers.pass(0);
    await answers.pass(PAUSE_MS);
    assert.equal((await said(answers, robot)).at(-1), PERSON);
    assert.equal((await why(owner)).decisions[0].reason, 'limit');
  });

  it('goes to a person when it was refused so late that nobody knows any more what was said', async () => {
    const { owner, robot, call } = await asking();
    const told = await answers.app.record(/^conversation\.handed/);
    await answers.app.services.db.write('ai_replies_turns').where({ robot_id: robot.robotId }).delete();
    assert.equal((await owner.http.post(`${CALLS}/${call}/reject`, {})).status, 200);
    assert.deepEqual(
      (await told.all()).map(({ data }) => data.reason),
      ['outcome'],
    );
    // The customer, who was told that it is being looked into, is not left without a word.
    assert.equal((await said(answers, robot)).at(-1), PERSON);
  });

  it('says nothing of its own where a person has the conversation, however late it ends', async () => {
    const { owner, robot, call } = await asking();
    await answers.app.services.db.write('ai_replies_turns').where({ robot_id: robot.robotId }).delete();
    const path = `/api/platform/robots/conversations/${await conversationOf(owner)}/automatic`;
    assert.equal((await owner.http.post(path, { on: false })).status, 200);
    assert.equal((await owner.http.post(`${CALLS}/${call}/reject`, {})).status, 200);
    assert.equal((await said(answers, robot)).at(-1), 'We are looking into it.');
  });

  it('goes to a person when nobody decides on it in time', async () => {
    const { owner, robot, call } = await asking();
    const told = await answers.app.record(/^conversation\.handed/);
    await answers.pass(2 * HOUR_MS);
    assert.equal((await said(answers, robot)).at(-1), 'We are looking into it.');
    await answers.pass(HOUR_MS + 60_000);
    await overdue();
    assert.equal((await said(answers, robot)).at(-1), PERSON);
    // In other tests' conversations nothing has arrived.
    const own = (await told.all()).filter(({ data }) => data.robot_id === robot.robotId);
    assert.deepEqual(
      own.map(({ data }) => data.reason),
      ['undecided'],
    );
    assert.equal((await owner.http.post(`${CALLS}/${call}/approve`, {})).status, 409);
    const [kept] = (await owner.http.get(`${CALLS}?state=expired`)).body.items;
    assert.equal(kept.id, call);
  });

  it('goes to a person in time although a clock that was ahead has noted it', async () => {
    const { robot, call } = await asking();
    const ahead = answers.app.clock.now() + YEAR_MS;
    await answers.app.services.db.write('ai_replies_tool_calls').where({ uuid: call }).update({ created_at: ahead });
    await overdue();
    await answers.pass(2 * HOUR_MS);
    await overdue();
    assert.equal((await said(answers, robot)).at(-1), 'We are looking into it.');
    await answers.pass(HOUR_MS + 60_000);
    await overdue();
    assert.equal((await said(answers, robot)).at(-1), PERSON);
  });

  it('is kept by a person when its job is gone and a clock that was ahead has noted it', async () => {
    const { db } = answers.app.services;
    const ahead = answers.app.clock.now() + YEAR_MS;
    const { robot } = await answers.tenant();
    answers.says('Yes.');
    await upload(robot, { spoken: 'Hello?' });
    await answers.app.services.jobs.idle();
    const turn = () => db.write('ai_replies_turns').where({ robot_id: robot.robotId });
    await turn().update({ due_at: ahead + PAUSE_MS, latest_at: ahead + PAUSE_MS, updated_at: ahead });
    await db.write('core_jobs').where({ name: 'ai-replies.answer' }).delete();
    const { robot: ready } = await answers.tenant({ replyDelayMin: 60, replyDelayMax: 60 });
    await say(answers, ready, 'Hello?');
    const reply = () => db.write('ai_replies_replies').where({ robot_id: ready.robotId, state: 'ready' });
    assert.equal(await reply().update({ send_at: ahead + 60_000, updated_at: ahead }), 1);
    await db.write('core_jobs').where({ name: 'ai-replies.send' }).delete();
    await overdue();
    for (const one of [robot, ready]) assert.deepEqual(await said(answers, one), [PERSON]);
  });

  it('is told as not known when the job that carries it out is gone', async () => {
    const { owner, robot, call } = await asking();
    const { db } = answers.app.services;
    const now = answers.app.clock.now();
    await db.write('ai_replies_tool_calls').where({ uuid: call }).update({ state: 'approved', decided_at: now });
    await answers.pass(5 * 60_000);
    await overdue();
    await answers.pass(0);
    assert.equal((await owner.http.get(`${CALLS}?state=failed`)).body.items[0].id, call);
    assert.equal((await said(answers, robot)).at(-1), 'Done, you live in Bremen now.');
  });

  it('is kept by a person when something of ours fails', async () => {
    const { owner, robot } = await answers.tenant();
    answers.says('Yes.');
    await broken(async () => {
      await say(answers, robot, 'Hello?');
      for (let tries = 0; tries < 4; tries++) await answers.pass(30_000);
    });
    assert.deepEqual(await said(answers, robot), [PERSON]);
    assert.equal((await why(owner)).decisions[0].reason, 'error');
  });

  it('is heard although nothing hears it for hours, and what has to be done then is no dead letter', async () => {
    const { robot } = await answers.tenant();
    answers.says('Yes.');
    const { turns, jobs } = answers.app.services;
    const { receive } = turns;
    turns.receive = async () => {
      throw new TypeError('broken');
    };
    try {
      await upload(robot, { spoken: 'Hello?' });
      for (let tries = 0; tries < 20; tries++) await answers.pass(20 * 60_000);
    } finally {
      turns.receive = receive;
    }
    await answers.pass(2 * HOUR_MS);
    await answers.pass(PAUSE_MS);
    assert.deepEqual(await said(answers, robot), ['Yes.'], await whatIsLeft());
    const names = new Set(jobs.mustHappen());
    for (const name of ['robots.workOnBroadcast', 'robots.leaveBroadcasts', 'robots.forgetWords'])
      assert.ok(names.has(name), name);
    for (const name of ['ai-replies.eraseKnowledge', 'ai-replies.on:contact.erased']) assert.ok(names.has(name), name);
  });

  /** Where it got stuck: jobs that are left, and turns that wait. */
  async function whatIsLeft(): Promise<string> {
    const { db } = answers.app.services;
    const jobs = await db.read('core_jobs').select('name', 'state', 'attempts', 'run_at', 'last_error');
    const turns = await db.read('ai_replies_turns').select('state', 'version', 'due_at');
    return JSON.stringify({ now: answers.app.clock.now(), jobs, turns });
  }

  it('is kept by a person when all tries of a job have failed, and when the job is gone', async () => {
    for (const isGone of [false, true]) {
      const { owner, robot } = await answers.tenant();
      answers.says('Yes.');
      const { replyLimits, db } = answers.app.services;
      const { room } = replyLimits;
      replyLimits.room = async () => {
        throw new TypeError('broken');
      };
      try {
        await say(answers, robot, 'Hello?');
        const id = await conversationOf(owner);
        if (isGone)
          await db
            .write('core_jobs')
            .where({ name: 'ai-replies.answer', payload: JSON.stringify({ conversation: id }) })
            .update({ state: 'dead', key: null });
        for (let tries = 0; tries < 12; tries++) await answers.pass(isGone ? 30_000 : 15 * 60_000);
        if (isGone) await overdue();
      } finally {
        replyLimits.room = room;
      }
      await answers.pass(0);
      assert.deepEqual(await said(answers, robot), [PERSON]);
    }
  });

  it('is kept by a person when an answer that was ready cannot be sent', async () => {
    const { owner, robot } = await answers.tenant({ replyDelayMin: 60, replyDelayMax: 60 });
    answers.says('Yes.');
    await say(answers, robot, 'Hello?');
    const { db } = answers.app.services;
    const [reply] = (await owner.http.get('/api/platform/ai/replies?state=ready')).body.items;
    await db
      .write('core_jobs')
      .where({ key: `ai-replies.send/${reply.id}` })
      .delete();
    await answers.pass(5 * 60_000);
    await overdue();
    assert.deepEqual(await said(answers, robot), [PERSON]);
    assert.equal((await why(owner)).decisions[0].reason, 'error');
  });

  it('is kept by a person when an answer never arrives, unless a person has answered since', async () => {
    for (const outcome of ['failed', 'expired', 'answered', 'withdrawn', 'arrived']) {
      const { owner, robot } = await answers.tenant();
      answers.says('Yes.');
      await say(answers, robot, 'Hello?');
      const told = await answers.app.record(/^conversation\.handed/);
      const { body } = await robot.http.get(`/api/robot/commands?robotId=${robot.robotId}`);
      const [{ commandId }] = outcome === 'withdrawn' ? await storedFor(robot) : body.data.commands;
      const id = await conversationOf(owner);
      if (outcome === 'answered') {
        await owner.http.post(`/api/platform/robots/conversations/${id}/answers`, { text: 'I am here.' });
      }
      if (outcome === 'expired') {
        await answers.app.clock.advance(12 * HOUR_MS);
        await answers.app.services.robotResults.expire();
      } else if (outcome === 'withdrawn') {
        await answers.app.services.robotResults.withdraw({ id: robot.key }, commandId);
      } else {
        const errorCode = outcome === 'arrived' ? 0 : 201_102;
        const result = { robotId: robot.robotId, commandId, errorCode, errorReason: 'no such person' };
        assert.equal((await robot.http.post('/api/robot/command-result', result)).status, 200);
      }
      const own = (await told.all()).filter(({ data }) => data.robot_id === robot.robotId);
      const reasons = own.map(({ data }) => data.reason);
      const isLost = outcome === 'failed' || outcome === 'expired';
      assert.deepEqual(reasons, isLost ? ['undelivered'] : [], outcome);
      const talk = (await owner.http.get(`/api/platform/robots/conversations/${id}`)).body;
      assert.equal(talk.state, isLost ? 'pending' : 'open', outcome);
      if (!isLost) continue;
      // The phone is back: a robot that nobody looks after goes on.
      await say(answers, robot, 'Are you there?');
      assert.deepEqual(await said(answers, robot), ['Yes.', 'Yes.'], outcome);
      assert.ok(
        (await say(answers, robot, 'Let me talk to a person')).includes(PERSON),
        'who asks for one is handed over',
      );
      assert.equal(await answers.app.services.conversations.isAutomatic(id), false);
    }
  });

  it('is not taken from a model that takes longer than usual', async () => {
    const { owner, robot } = await answers.tenant();
    const { models } = answers.app.services;
    const { ask } = models;
    const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    models.ask = async (...wish) => {
      asked.resolve();
      await released.promise;
      return ask(...wish);
    };
    try {
      answers.says('Yes.');
      await upload(robot, { spoken: 'Hello?' });
      const passed = answers.pass(PAUSE_MS);
      await asked.promise;
      answers.app.clock.jump(4 * 60_000);
      await answers.app.services.overdue.handOver();
      released.resolve();
      await passed;
      await answers.pass(PAUSE_MS);
    } finally {
      models.ask = ask;
    }
    assert.deepEqual(await said(answers, robot), ['Yes.']);
    assert.deepEqual(
      (await why(owner)).decisions.map(({ reason }: { reason: string }) => reason),
      [''],
    );
  });

  /** The phone says what it was told to say: what never arrives goes to a person for that alone. */
  async function arrive({ robotId, http }: TestRobot): Promise<void> {
    const { body } = await http.get(`/api/robot/commands?robotId=${robotId}`);
    for (const { commandId } of body.data.commands)
      assert.equal((await http.post('/api/robot/command-result', { robotId, commandId, errorCode: 0 })).status, 200);
  }

  /** What waits for the robot, as if it had not asked yet. */
  async function storedFor({ key }: TestRobot): Promise<{ commandId: string }[]> {
    const { db } = answers.app.services;
    await db.write('robots_commands').where({ robot: key }).update({ status: 'pending', tries: 0, offered_at: null });
    const rows = await db.read('robots_commands').where({ robot: key });
    return rows.map(({ command_id: commandId }) => ({ commandId }));
  }

  async function overdue(): Promise<void> {
    await answers.app.services.overdue.handOver();
    await answers.app.services.jobs.idle();
  }

  async function broken(work: () => Promise<void>): Promise<void> {
    const { knowledge } = answers.app.services;
    const { search } = knowledge;
    knowledge.search = async () => {
      throw new TypeError('broken');
    };
    try {
      await work();
    } finally {
      knowledge.search = search;
    }
  }
});

async function waitingCall(owner: Person): Promise<string> {
  const { items } = (await owner.http.get(`${CALLS}?state=waiting`)).body;
  assert.equal(items.length, 1);
  return items[0].id;
}

function reply(text: string) {
  return { content: JSON.stringify({ action: 'reply', text }) };
}
