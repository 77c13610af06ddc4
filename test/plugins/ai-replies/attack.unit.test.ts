import assert from 'node:assert/strict';
import { type Answers, type AskedOfModel, knows, said, say, startAnswers, PAUSE_MS } from './answers-support.ts';
import { upload } from '../robots/support.ts';

describe('attack', () => {
  let answers: Answers;
  before(async () => { answers = await startAnswers(); });
  after(() => answers.stop());

  it('F erasure while a tool is called', async () => {
    const { owner, robot } = await answers.tenant();
    const { app, mock } = answers;
    knows(app, owner.tenantId, [{ text: 'Contacts can be found.' }]);
    answers.says('Hello.');
    await say(answers, robot, 'Hello');
    const [contact] = (await owner.http.get('/api/platform/robots/contacts')).body.items;
    const offered = await owner.http.get(`/api/platform/ai/tools`);
    console.log(offered.status, JSON.stringify(offered.body).slice(0, 600));
    const allowed = await owner.http.put(`/api/platform/ai/robots/${robot.robotId}/tools`, { items: [{ tool: 'function:kb.search' }] });
    assert.equal(allowed.status, 200, allowed.text);
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const { functions } = app.services;
    const { call } = functions;
    functions.call = async (name: string, ...rest: any[]) => { begun.resolve(); await go.promise; return { found: 'Ada, +49 30 901820' } as never; };
    mock.clearFixtures();
    mock.on({}, (request) => {
      const { messages } = request as unknown as AskedOfModel;
      if (messages.some(({ role }) => role === 'tool')) return { content: JSON.stringify({ action: 'reply', text: 'Found.' }) };
      return { toolCalls: [{ name: 'kb_search', arguments: JSON.stringify({ text: 'Ada of Bremen' }) }] };
    });
    await upload(robot, { spoken: 'I am Ada of Bremen, find me' });
    await app.services.jobs.idle();
    void app.clock.advance(PAUSE_MS);
    await begun.promise;
    const erased = await owner.http.delete(`/api/platform/robots/contacts/${contact.id}`);
    console.log('erase', erased.status);
    await new Promise((r) => setTimeout(r, 300));
    go.resolve();
    await new Promise((r) => setTimeout(r, 300));
    await answers.pass(60_000);
    functions.call = call;
    for (const t of ['ai_replies_tool_calls', 'ai_replies_replies', 'ai_replies_turns', 'ai_replies_calls', 'ai_replies_answers'] as const)
      console.log(t, JSON.stringify(await app.services.db.write(t as any).where({ tenant_id: owner.tenantId })));
    console.log('spend', JSON.stringify(await app.services.db.write('ai_replies_spend' as any).where({ tenant_id: owner.tenantId, kind: 'contact' })));
    console.log('spend all', JSON.stringify(await app.services.db.write('ai_replies_spend' as any).where({ tenant_id: owner.tenantId })));
    console.log(contact.id);
  });
});
