/** Whether a robot speaks without a person: consent alone lets none, a policy or a program does. */
import assert from 'node:assert/strict';
import { down, up } from '#plugins/robots/migrations/0018-autopilot.ts';
import { settleAutopilots } from '#plugins/robots/robots/autopilots.ts';
import { type Person, register } from '#test/support/accounts.ts';
import { robotOf, type TestRobot } from '../robots/support.ts';
import { type Answers, said, say, setPolicy, startAnswers } from './answers-support.ts';

const NO_DELAY = { replyDelayMin: 0, replyDelayMax: 0 };

describe('autopilot', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers();
  });
  beforeEach(() => answers.says('Yes.'));
  after(() => answers.stop());

  const policyOf = async (owner: Person, robot: TestRobot) =>
    (await owner.http.get(`/api/platform/ai/policies/${robot.robotId}`)).body;
  const states = async (owner: Person): Promise<string[]> =>
    (await owner.http.get('/api/platform/ai/replies')).body.items.map(({ state }: { state: string }) => state);
  const speakers = async (owner: Person): Promise<string[]> =>
    (await owner.http.get('/api/platform/ai/autopilot')).body.robots.map((one: { robot_id: string }) => one.robot_id);
  const byProgram = async (owner: Person, robot: TestRobot, change: object) => {
    const answer = await owner.http.put(`/api/robots/${robot.robotId}`, { ...NO_DELAY, ...change });
    assert.equal(answer.status, 200, answer.text);
  };

  it('is nobody’s by consent alone: answers are drafts until a policy says who sends them', async () => {
    const { owner, robot } = await answers.tenant({}, null);
    assert.deepEqual(await say(answers, robot, 'hello'), []);
    assert.deepEqual(await states(owner), ['draft']);
    const { is_set, policy } = await policyOf(owner, robot);
    assert.deepEqual([is_set, policy.approval], [false, true]);
    await setPolicy(owner, robot, { approval: false });
    assert.deepEqual(await say(answers, robot, 'hello again'), ['Yes.']);
  });

  it('is what a program wishes for that sets the mode by the WorkBot API, until a policy says otherwise', async () => {
    const { owner, robot } = await answers.tenant({}, null);
    await byProgram(owner, robot, { aiScenario: 'A shop' });
    assert.deepEqual(await say(answers, robot, 'one'), [], 'a program that names no mode has said nothing');
    await byProgram(owner, robot, { aiMode: 'builtin' });
    const known = await policyOf(owner, robot);
    assert.deepEqual([known.is_set, known.policy.approval], [false, false]);
    assert.deepEqual(await say(answers, robot, 'two'), ['Yes.']);
    const version = { 'if-match': `"${known.version}"` };
    const held = await owner.http.put(`/api/platform/ai/policies/${robot.robotId}`, { approval: true }, version);
    assert.equal(held.status, 200, held.text);
    assert.equal((await say(answers, robot, 'three')).length, 1);
  });

  it('is told of each robot in a word, as its page shows it', async () => {
    const { owner, robot } = await answers.tenant({}, null);
    const how = async () =>
      (await owner.http.get('/api/platform/ai/answering')).body.robots.map((one: { answers: string }) => one.answers);
    assert.deepEqual(await how(), ['drafts']);
    await setPolicy(owner, robot, { approval: false });
    assert.deepEqual(await how(), ['alone']);
    const change = async (settings: object) =>
      assert.equal((await owner.http.patch('/tenant/settings', settings)).status, 200);
    await change({ require_approval: true });
    assert.deepEqual(await how(), ['drafts']);
    await change({ require_approval: false, ai_consent_enabled: false });
    assert.deepEqual(await how(), ['off']);
    await change({ ai_consent_enabled: true });
    await setPolicy(owner, robot, { approval: false, private: 'never', groups: 'never' });
    assert.deepEqual(await how(), ['off']);
    await byProgram(owner, robot, { aiMode: 'off' });
    assert.deepEqual(await how(), ['elsewhere']);
    assert.deepEqual((await (await register(answers.app)).http.get('/api/platform/ai/answering')).body.robots, []);
  });

  it('is taken back by `none`, and not given by the platform’s own settings', async () => {
    const { owner, robot } = await answers.tenant({}, null);
    await byProgram(owner, robot, { aiMode: 'builtin' });
    await byProgram(owner, robot, { aiMode: 'off' });
    const path = `/api/platform/robots/robots/${robot.robotId}`;
    assert.equal((await owner.http.patch(path, { aiMode: 'builtin' })).status, 200);
    assert.deepEqual(await say(answers, robot, 'hello'), []);
    assert.deepEqual(await states(owner), ['draft']);
  });

  it('is given to a robot that a program makes with a mode', async () => {
    const owner = await register(answers.app);
    for (const [wish, alone] of [
      [{ name: 'One', aiMode: 'builtin' }, true],
      [{ name: 'Two' }, false],
    ] as const) {
      const { robotId } = (await owner.http.post('/api/robots', wish)).body.data;
      assert.equal((await speakers(owner)).includes(robotId), alone, wish.name);
    }
  });

  it('is told before AI is allowed: which robots would begin to speak', async () => {
    const owner = await register(answers.app);
    const made: TestRobot[] = [];
    for (let count = 0; count < 6; count++) made.push(await robotOf(answers.app, owner));
    const [drafting, free, silent, elsewhere, wished] = made;
    assert.deepEqual(await speakers(owner), []);
    assert.ok(drafting && free && silent && elsewhere && wished);
    await setPolicy(owner, drafting, { approval: true });
    await setPolicy(owner, free, {});
    await setPolicy(owner, silent, { private: 'never', groups: 'never' });
    await setPolicy(owner, elsewhere, {});
    await byProgram(owner, elsewhere, { aiMode: 'none' });
    await byProgram(owner, wished, { aiMode: 'builtin' });
    assert.deepEqual((await speakers(owner)).sort(), [free.robotId, wished.robotId].sort());
    const stranger = await register(answers.app);
    assert.deepEqual(await speakers(stranger), []);
    await owner.http.patch('/api/v2/tenant/settings', { require_approval: true });
    assert.deepEqual(await speakers(owner), []);
  });

  it('stays with the robots of tenants that had agreed before', async () => {
    const agreed = await answers.tenant({}, null);
    const other = await register(answers.app);
    const robot = await robotOf(answers.app, other);
    const { db } = answers.app.services;
    await db.transaction((trx) => down(trx));
    await db.transaction((trx) => up(trx));
    await settleAutopilots(answers.app.services);
    assert.deepEqual([await speakers(agreed.owner), await speakers(other)], [[agreed.robot.robotId], []]);
    assert.deepEqual(await say(answers, agreed.robot, 'hello'), ['Yes.']);
    await other.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
    assert.deepEqual(await say(answers, robot, 'hello'), []);
    assert.deepEqual(await said(answers, robot), []);
  });
});
