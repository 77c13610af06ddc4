/** What providers say of their use, and tenants of prices: whatever they say, answers are given once, and counted. */
import assert from 'node:assert/strict';
import type { Person } from '#test/support/accounts.ts';
import { type Answers, said, say, startAnswers } from './answers-support.ts';
import { type BadServer, badServer } from './support.ts';

const PATH = '/api/platform/ai';
const STRANGE = [12.5, 1e300, 2 ** 60, Number.MAX_VALUE, -3, '12', null, [], {}];

describe('figures of providers', () => {
  let answers: Answers;
  let bad: BadServer;
  before(async () => {
    answers = await startAnswers({ ai: { retries: 0 } });
    bad = await badServer();
  });
  after(async () => {
    await bad.stop();
    await answers.stop();
  });

  const addOwn = (owner: Person, more: object) =>
    owner.http.post(`${PATH}/providers`, {
      name: 'own',
      kind: 'webhook',
      base_url: bad.url,
      model: 'm',
      instructions: true,
      ...more,
    });

  it('keep no answer back, nor its cost, however strange they are', async () => {
    for (const figure of STRANGE) {
      const { owner, robot } = await answers.tenant();
      await addOwn(owner, { price: { input: 1, output: 1_000_000 } });
      const usage = { input_tokens: figure, output_tokens: figure };
      bad.answer((response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ text: JSON.stringify({ action: 'reply', text: 'Hi.' }), usage }));
      });
      const before = bad.requests.length;
      assert.deepEqual(await say(answers, robot, 'hello'), ['Hi.'], String(figure));
      await answers.pass(120_000);
      assert.equal(bad.requests.length - before, 1, String(figure));
      assert.equal((await said(answers, robot)).length, 1);
      await answers.app.services.pendingWrites.settled();
      const [call] = (await owner.http.get(`${PATH}/calls`)).body.items;
      assert.equal(call.outcome, 'answered', String(figure));
      assert.ok(Number.isSafeInteger(call.input_tokens) && call.input_tokens >= 0);
      const costs = await owner.http.get(`${PATH}/costs`);
      assert.equal(costs.body.items[0].input_tokens, call.input_tokens);
      assert.equal(costs.body.total, call.cost);
      const [reply] = (await owner.http.get(`${PATH}/replies`)).body.items;
      assert.deepEqual([reply.state, reply.input_tokens], ['sent', call.input_tokens]);
    }
  });

  it('cannot be multiplied by a price beyond all numbers', async () => {
    const { owner } = await answers.tenant();
    assert.equal((await addOwn(owner, { price: { input: 1e300, output: 0 } })).status, 422);
    assert.equal((await addOwn(owner, {})).status, 201);
    const change = await owner.http.patch(`${PATH}/providers/own`, { price: { input: 0, output: 1e308 } });
    assert.equal(change.status, 422);
  });

  it('of limits stay what they are when something else of a provider changes', async () => {
    const { owner } = await answers.tenant();
    await addOwn(owner, { limits: { totalSeconds: 7, maxBytes: 4096 } });
    const limits = async () => {
      const [own] = await answers.app.services.providers.of(owner.tenantId);
      return own?.limits;
    };
    await owner.http.patch(`${PATH}/providers/own`, { model: 'other' });
    assert.deepEqual(await limits(), { firstByteMs: 30_000, idleMs: 20_000, totalMs: 7_000, maxBytes: 4096 });
    await owner.http.patch(`${PATH}/providers/own`, { limits: { idleSeconds: 5 } });
    assert.deepEqual(await limits(), { firstByteMs: 30_000, idleMs: 5_000, totalMs: 7_000, maxBytes: 4096 });
  });
});
