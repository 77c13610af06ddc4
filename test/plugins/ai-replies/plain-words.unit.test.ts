/** A model says what it says in its own way: plain words are an answer, its thoughts are not, and its JSON is read to nobody. */
import assert from 'node:assert/strict';
import type { LLMock } from '@copilotkit/aimock';
import { register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { robotOf, type TestRobot, upload } from '../robots/support.ts';
import { type BadServer, badServer, fakeModels, openAiStream, startAi } from './support.ts';

const PERSON = 'A colleague will take care of this in a moment.';

/** What the model writes, and what the customer reads of it; null for nothing at all. */
const WORDS: Record<string, [written: string, read: string | null]> = {
  'plain words': ['hello there', 'hello there'],
  'Markdown, as plain text': [
    '**Hello**, see [our page](https://a.example)',
    'Hello, see our page (https://a.example)',
  ],
  'words with braces in them': ['Write {name} where the name stands.', 'Write {name} where the name stands.'],
  'a number': ['42', '42'],
  'a form of its own': ['{"answer": "We open at nine."}', 'We open at nine.'],
  'the form in a fence, without what is not needed': [
    '```json\n{"text": "We open at nine.", "sources": null}\n```',
    'We open at nine.',
  ],
  'the form behind words': ['Here it is:\n{"action":"reply","text":"We open at nine."}', 'We open at nine.'],
  'the form behind a draft in its thoughts': [
    '<think>{"action":"reply","text":"A draft."}</think>{"action":"reply","text":"We open at nine."}',
    'We open at nine.',
  ],
  'thoughts in the form': ['{"action":"reply","text":"<think>Who?</think>We open at nine."}', 'We open at nine.'],
  'thoughts before words': ['<think>Who?</think>We open at nine.', 'We open at nine.'],
  'an action alone': ['**handover**', PERSON],
  'an action in a form of its own': ['{"action": "handover", "sources": null}', PERSON],
  'silence alone': ['silent', null],
  'another form': ['{"weather": "fine"}', PERSON],
  'a form that has gone wrong': ['{"action": "reply", "text": "We open\nat nine"', PERSON],
  'a form that has gone wrong behind words': ['Sure:\n{"action": "reply", "text": "We open\nat nine"}', PERSON],
  'a function that it calls in words': ['<tool_call>\n{"name": "find", "arguments": {}}\n</tool_call>', PERSON],
  'a function that it calls in a form': ['{"name": "find", "arguments": {}}', PERSON],
  'thoughts that never end': ['<think>Who is this, and', PERSON],
};

describe('a model that answers in its own way', () => {
  let app: TestPlatform;
  let mock: LLMock;
  let bad: BadServer;
  before(async () => {
    mock = await fakeModels();
    bad = await badServer();
    const plain = { kind: 'openai-compatible', baseUrl: `${mock.url}/v1`, model: 'm', shared: true };
    app = await startAi(
      { plain, pieces: { ...plain, baseUrl: bad.url } },
      {
        config: { http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } } },
        ai: { retries: 0, breaker: { failures: 100, seconds: 1 }, gather: { pauseSeconds: 0, mostSeconds: 0 } },
      },
    );
  });
  after(async () => {
    await app.stop();
    await mock.stop();
    await bad.stop();
  });

  async function robotWith(settings: object = {}): Promise<TestRobot> {
    const owner = await register(app);
    await owner.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
    const robot = await robotOf(app, owner);
    const wish = { replyDelayMin: 0, replyDelayMax: 0, ...settings };
    assert.equal((await owner.http.patch(`/api/platform/robots/robots/${robot.robotId}`, wish)).status, 200);
    const policy = { approval: false, failures: 1 };
    assert.equal((await owner.http.put(`/api/platform/ai/policies/${robot.robotId}`, policy)).status, 200);
    return robot;
  }

  async function said(robot: TestRobot): Promise<string[]> {
    await upload(robot, { spoken: 'When do you open?' });
    await app.services.jobs.idle();
    await app.clock.advance(0);
    await app.services.jobs.idle();
    const rows = await app.services.db.write('robots_commands').where({ robot: robot.key }).orderBy('id');
    return rows.map(({ params }) => JSON.parse(params).content);
  }

  for (const [what, [written, read]] of Object.entries(WORDS))
    it(`is understood when it writes ${what}`, async () => {
      mock.clearFixtures();
      mock.on({}, { content: written });
      assert.deepEqual(await said(await robotWith()), read === null ? [] : [read]);
    });

  it('counts as one that works when it answers in plain words', async () => {
    mock.clearFixtures();
    mock.on({}, { content: 'hello there' });
    await said(await robotWith());
    await app.services.pendingWrites.settled();
    const call = await app.services.db.read('ai_replies_calls').orderBy('id', 'desc').first();
    assert.deepEqual([call?.outcome, call?.error], ['answered', '']);
  });

  it('keeps its thoughts to itself, told apart or not, in whatever pieces they come', async () => {
    const robot = await robotWith({ aiProvider: 'pieces' });
    const pieces = ['<th', 'ink', '>Who', ' asks?</', 'thi', 'nk>\n\nWe open', ' at nine.'];
    bad.answer((response) => openAiStream(response, pieces));
    assert.deepEqual(await said(robot), ['We open at nine.']);
    mock.clearFixtures();
    mock.on({}, { content: 'We open at ten.', reasoning: 'Who asks?' });
    assert.deepEqual(await said(await robotWith()), ['We open at ten.']);
  });

  it('says long answers in several messages', async () => {
    mock.clearFixtures();
    const paragraph = 'We open at nine and close at six. '.repeat(40).trim();
    mock.on({}, { content: `${paragraph}\n\n${paragraph}\n\n## Sundays\n\n- closed` });
    assert.deepEqual(await said(await robotWith()), [paragraph, `${paragraph}\n\nSundays\n\n• closed`]);
  });
});
