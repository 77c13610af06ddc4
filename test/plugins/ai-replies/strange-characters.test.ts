/** What no database takes, NUL and half surrogate pairs, may be in what models, providers and documents say. */
import assert from 'node:assert/strict';
import { type Answers, knows, say, setPolicy, startAnswers, why } from './answers-support.ts';
import { libraryOf, startKnowledge } from './knowledge-support.ts';
import { type BadServer, badServer, openAiStream, operatorOf, question, startAi } from './support.ts';

describe('characters that no database takes', () => {
  describe('in what models say', () => {
    let answers: Answers;
    before(async () => {
      answers = await startAnswers({ ai: { retries: 0, breaker: { failures: 100, seconds: 1 } } });
    });
    after(() => answers.stop());

    it('are left out of an answer, which is sent', async () => {
      const { owner, robot } = await answers.tenant();
      await setPolicy(owner, robot, { approval: false });
      answers.says({ action: 'reply', text: 'Two\0 days \ud800.' });
      assert.deepEqual(await say(answers, robot, 'How long?'), ['Two days \ufffd.']);
      assert.equal((await why(owner)).decisions[0].state, 'sent');
    });

    it('are left out of the passages that it names', async () => {
      const { owner, robot } = await answers.tenant();
      knows(answers.app, owner.tenantId, [{ text: 'Two days.', document: 'Manual' }]);
      answers.says({ action: 'reply', text: 'Two days.', sources: ['S1\0'] });
      assert.deepEqual(await say(answers, robot, 'How long?'), ['Two days.\n\n[1] Manual']);
    });
  });

  describe('in what providers say', () => {
    let bad: BadServer;
    before(async () => {
      bad = await badServer();
    });
    after(() => bad.stop());

    it('neither lose a plain answer nor what a failure has cost', async () => {
      const provider = { kind: 'openai-compatible', baseUrl: bad.url, model: 'm\0', price: { input: 1, output: 2 } };
      const app = await startAi({ odd: provider }, { ai: { retries: 0 } });
      const tenantId = await operatorOf(app);
      const { models, pendingWrites, db } = app.services;
      bad.answer((response) => openAiStream(response, 'Hel\0lo \udc00'));
      const { text, model } = await models.ask(question(tenantId, 'Hello?'));
      assert.deepEqual([text, model], ['Hello \ufffd', 'm']);
      bad.answer((response) => response.writeHead(400).end('{"error":{"message":"bad\\u0000 \\ud800 key"}}\0'));
      await assert.rejects(models.ask(question(tenantId, 'Hello?')), { code: 'provider_failed' });
      await pendingWrites.settled();
      const calls = await db.read('ai_replies_calls').orderBy('id');
      assert.deepEqual(
        calls.map(({ outcome, model: kept }) => [outcome, kept]),
        [
          ['answered', 'm'],
          ['failed', 'm'],
        ],
      );
      const [spent] = await db.read('ai_replies_spend').where({ kind: 'tenant' });
      assert.deepEqual([spent?.calls, spent?.failures], [2, 1]);
      await app.stop();
    });
  });

  describe('in documents', () => {
    it('are left out of their texts, headings and titles', async () => {
      const app = await startKnowledge();
      const library = await libraryOf(app);
      const document = await library.text('# Ship\0ping\n\nIt costs five\0 euros \ud83d.');
      assert.deepEqual([document.state, document.name], ['ready', 'Ship ping']);
      const { passages } = await library.find('What does shipping cost?');
      assert.deepEqual(passages[0].headings, ['Shipping']);
      assert.equal(passages[0].text, 'It costs five euros \ufffd.');
      await app.stop();
    });
  });
});
