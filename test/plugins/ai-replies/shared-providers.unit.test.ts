/** Providers of the operator that other tenants may ask: at the operator's cost, and with nothing of the operator's to see. */
import assert from 'node:assert/strict';
import { ADMIN, type Person, signIn } from '#test/support/accounts.ts';
import { type Answers, say, startAnswers } from './answers-support.ts';

const GENERATE = '/api/platform/functions/ai.generate';

describe('providers that the operator shares', () => {
  let answers: Answers;
  let operator: Person;
  before(async () => {
    const nowhere = { baseUrl: 'http://127.0.0.1:9/v1', model: 'e', shared: true };
    answers = await startAnswers({ ai: { retries: 0, embedding: nowhere } });
    operator = await signIn(answers.app, ADMIN.email, ADMIN.password);
    await operator.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
  });
  beforeEach(() => answers.says('Yes.'));
  after(() => answers.stop());

  it('answer others with the model that stands there, whatever they wish for', async () => {
    const { owner, robot } = await answers.tenant({ aiModel: 'dear' });
    await say(answers, robot, 'hello');
    const made = await owner.http.post(GENERATE, { input: { prompt: 'Hello', provider: 'fake', model: 'dearer' } });
    assert.equal(made.body.output.model, 'm');
    assert.deepEqual(
      answers.asked().map(({ model }) => model),
      ['m', 'm'],
    );
    const own = await operator.http.post(GENERATE, { input: { prompt: 'Hello', model: 'dear' } });
    assert.equal(own.body.output.model, 'dear');
  });

  it('do not tell others where they are when they cannot be reached', async () => {
    const { owner } = await answers.tenant();
    const { app, mock } = answers;
    await mock.stop();
    const failed = await owner.http.post(GENERATE, { input: { prompt: 'Hello' } });
    assert.equal(failed.body.code, 'provider_failed');
    const tried = await operator.http.post('/api/platform/ai/providers/fake/try', {});
    assert.match(tried.body.text, /127\.0\.0\.1:\d/);
    await assert.rejects(app.services.models.embed({ tenantId: owner.tenantId, purpose: 'embed' }, ['text']));
    await app.services.pendingWrites.settled();
    const calls = await owner.http.get('/api/platform/ai/calls');
    assert.equal(calls.body.items.filter(({ outcome }: { outcome: string }) => outcome === 'failed').length, 2);
    const providers = await owner.http.get('/api/platform/ai/providers');
    assert.doesNotMatch(failed.text + calls.text + providers.text, /127\.0|:\d{4,5}\b/);
    await mock.start();
  });
});
