/** A process that hears nothing of the others for a while: what it remembers it believes for two seconds, and no longer. */
import assert from 'node:assert/strict';
import type { AiRepliesConfig } from '#plugins/ai-replies/config.ts';
import { createBudgets } from '#plugins/ai-replies/models/budgets.ts';
import { createProviders } from '#plugins/ai-replies/models/providers.ts';
import { createPartsInUse } from '#plugins/ai-replies/parts-in-use.ts';
import { createPolicies } from '#plugins/ai-replies/replies/policies.ts';
import { createAiRules } from '#plugins/ai-replies/tenant-rules.ts';
import { createInboxRules } from '#plugins/robots/conversations/rules.ts';
import type { Person } from '#test/support/accounts.ts';
import { later } from '#test/support/later.ts';
import type { TestRobot } from '../robots/support.ts';
import { type Answers, setPolicy, startAnswers } from './answers-support.ts';

describe('what AI replies remember while nothing is heard of other processes', () => {
  let answers: Answers;
  let deaf: Answers['app']['services'] & { config: AiRepliesConfig };
  let owner: Person;
  let robot: TestRobot;
  before(async () => {
    answers = await startAnswers();
    ({ owner, robot } = await answers.tenant());
    const { services } = answers.app;
    deaf = Object.create(services, {
      notices: { value: { ...services.notices, on: () => () => {}, onGap: () => () => {}, isConnected: () => false } },
      config: { value: services.aiConfig },
    });
  });
  after(() => answers.stop());

  /** What is read before the change, after it, and two seconds later. */
  async function threeTimes<T>(read: () => Promise<T>, change: () => Promise<unknown>): Promise<T[]> {
    const [first] = [await read()];
    await change();
    const second = await read();
    const third = await later(2_000, read);
    return [first, second, third];
  }
  const settings = (change: object) => owner.http.patch('/api/v2/tenant/settings', change);

  it('is a consent that was taken back', async () => {
    const rules = createAiRules(deaf);
    const read = async () => (await rules.of(owner.tenantId)).hasConsent;
    assert.deepEqual(await threeTimes(read, () => settings({ ai_consent_enabled: false })), [true, true, false]);
    await settings({ ai_consent_enabled: true });
  });

  it('is how long messages are kept', async () => {
    const rules = createInboxRules(deaf);
    const read = async () => (await rules.of(owner.tenantId)).messageDays;
    assert.deepEqual(await threeTimes(read, () => settings({ robots_message_days: 7 })), [0, 0, 7]);
  });

  it('is the policy of a robot', async () => {
    const policies = createPolicies(deaf);
    const read = async () => (await policies.of(robot.robotId)).policy.approval;
    const change = () => setPolicy(owner, robot, { approval: true });
    assert.deepEqual(await threeTimes(read, change), [false, false, true]);
  });

  it('is a provider whose key was taken back', async () => {
    const body = {
      name: 'own',
      kind: 'openai-compatible',
      base_url: `${answers.mock.url}/v1`,
      api_key: 'k',
      model: 'm',
    };
    const made = await owner.http.post('/api/platform/ai/providers', body);
    assert.equal(made.status, 201, made.text);
    const providers = createProviders(deaf);
    const read = async () => (await providers.of(owner.tenantId)).some(({ name }) => name === 'own');
    const change = async () => {
      const gone = await owner.http.delete('/api/platform/ai/providers/own');
      assert.equal(gone.status, 204, gone.text);
    };
    assert.deepEqual(await threeTimes(read, change), [true, true, false]);
  });

  it('is a budget', async () => {
    const budgets = createBudgets(deaf);
    const asker = { tenantId: owner.tenantId, purpose: 'reply' as const };
    const read = () =>
      budgets.reserve(asker, 0).then(
        (release) => {
          release();
          return 'within';
        },
        (error) => error.code,
      );
    const { db, clock } = answers.app.services;
    const [created_at, updated_at] = [clock.now(), clock.now()];
    const budget = { uuid: crypto.randomUUID(), tenant_id: owner.tenantId, kind: 'tenant', subject: '', period: 'day' };
    const change = () =>
      db.write('ai_replies_budgets').insert({ ...budget, micros: 0, created_at, updated_at } as never);
    assert.deepEqual(await threeTimes(read, change), ['within', 'within', 'budget_exceeded']);
  });

  it('is that a tenant has no knowledge', async () => {
    const parts = createPartsInUse(deaf);
    const read = async () => (await parts.of(owner.tenantId)).bases;
    const change = async () => {
      const made = await owner.http.post('/api/platform/ai/bases', { name: 'Shop' });
      assert.equal(made.status, 201, made.text);
    };
    assert.deepEqual(await threeTimes(read, change), [false, false, true]);
  });
});
