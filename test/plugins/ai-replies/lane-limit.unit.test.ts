/** A tenant whose provider, or whose server of tools, hangs keeps nobody else waiting. */
import assert from 'node:assert/strict';
import { register } from '#test/support/accounts.ts';
import { robotOf, upload } from '../robots/support.ts';
import { type Answers, PAUSE_MS, said, startAnswers } from './answers-support.ts';
import { type BadServer, badServer } from './support.ts';

const PLACES = 4;

describe('places of tenants', () => {
  let answers: Answers;
  let hanging: BadServer;
  before(async () => {
    hanging = await badServer();
    hanging.answer(() => {});
    answers = await startAnswers({ ai: { concurrency: PLACES } });
  });
  after(async () => {
    await hanging.stop();
    await answers.stop();
  });

  it('are half of those for answers, also when a provider hangs with many conversations', async () => {
    const [slow, quick] = [await answers.tenant(), await answers.tenant()];
    const own = { name: 'own', kind: 'openai-compatible', base_url: hanging.url, model: 'm' };
    assert.equal((await slow.owner.http.post('/api/platform/ai/providers', own)).status, 201);
    answers.says('At once.');
    for (let person = 0; person < 3 * PLACES; person++)
      await upload(slow.robot, { spoken: 'Hello?', receivedName: `Person ${person}` });
    await pause(slow.owner.tenantId, 3 * PLACES);
    await until(() => hanging.requests.length === PLACES / 2);
    await upload(quick.robot, { spoken: 'Hello?' });
    await pause(quick.owner.tenantId, 1);
    await until(async () => (await said(answers, quick.robot)).length > 0);
    assert.deepEqual(await said(answers, quick.robot), ['At once.']);
    assert.equal(hanging.requests.length, PLACES / 2);
  });

  /** Until so many conversations wait, and the people in them have paused. */
  async function pause(tenantId: string, conversations: number): Promise<void> {
    const waiting = () => answers.app.services.db.read('ai_replies_turns').where({ tenant_id: tenantId });
    await until(async () => (await waiting()).length === conversations);
    await answers.app.clock.advance(PAUSE_MS);
  }

  it('are half of those for tools that people have approved, also when a server hangs', async () => {
    const { app } = answers;
    const { db, jobs, clock, people } = app.services;
    const [slow, quick] = [await register(app), await register(app)];
    await slow.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
    const server = { name: 'shop', url: `${hanging.url}/mcp` };
    assert.equal((await slow.http.post('/api/platform/ai/mcp-servers', server)).status, 201);
    const approved = async (person: typeof slow, tool: string): Promise<string> => {
      const { robotId } = await robotOf(app, person);
      const user = await people.userByUuid(person.id);
      const uuid = crypto.randomUUID();
      const now = clock.now();
      await db.transaction(async (trx) => {
        await trx('ai_replies_tool_calls').insert({
          uuid,
          tenant_id: person.tenantId,
          robot_id: robotId,
          conversation_id: 'c',
          contact_id: '',
          tool,
          user_id: user?.id ?? 0,
          input: '{}',
          state: 'approved',
          created_at: now,
          decided_at: now,
        });
        await jobs.enqueue(trx, 'ai-replies.tool', { call: uuid }, { lane: person.tenantId });
      });
      return uuid;
    };
    const before = hanging.requests.length;
    for (let count = 0; count < 12; count++) await approved(slow, 'mcp:shop/find_order');
    await until(() => hanging.requests.length === before + 5);
    const uuid = await approved(quick, 'function:contacts.update');
    await until(async () => (await db.read('ai_replies_tool_calls').where({ uuid, state: 'failed' })).length > 0);
    assert.equal(hanging.requests.length, before + 5);
  });
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(setImmediate);
}
