/** A robot that answers by a fake model, and what its tests do again and again. */
import assert from 'node:assert/strict';
import type { LLMock } from '@copilotkit/aimock';
import type { Passage } from '#plugins/ai-replies/knowledge/types.ts';
import { ADMIN, type Person, register } from '#test/support/accounts.ts';
import type { TestOptions, TestPlatform } from '#test/support/harness.ts';
import { robotOf, type TestRobot, upload } from '../robots/support.ts';
import { fakeModels, startAi } from './support.ts';

/** What the fake was asked, as OpenAI's API has it. */
export interface AskedOfModel {
  model: string;
  temperature?: number;
  max_tokens?: number;
  messages: { role: string; content: unknown }[];
}

export interface Answers {
  app: TestPlatform;
  mock: LLMock;
  /** What the model answers from now on: text, or all of its structured answer. */
  says(answer: string | object | ((asked: AskedOfModel) => object | Promise<object>)): void;
  /** Requests that have come to the model since it was told what to say. */
  asked(): AskedOfModel[];
  /** A tenant that has agreed to AI, with a robot that answers by itself and without delay; null for one without a policy. */
  tenant(settings?: object, policy?: object | null): Promise<{ owner: Person; robot: TestRobot }>;
  /** A second process on the same database, which the test stops. */
  another(): Promise<TestPlatform>;
  /** Lets a pause go by, and all that follows from it. */
  pass(ms: number): Promise<void>;
  stop(): Promise<void>;
}

export const PAUSE_MS = 3_000;

/** `providers` stand before the fake model, which is asked when they fail. */
export async function startAnswers({
  providers = {},
  ...options
}: TestOptions & { ai?: object; plugins?: object; providers?: Record<string, object> } = {}): Promise<Answers> {
  const mock = await fakeModels();
  const provider = {
    kind: 'openai-compatible',
    baseUrl: `${mock.url}/v1`,
    apiKey: 'k',
    model: 'm',
    shared: true,
    schemas: true,
    pictures: true,
    price: { input: 1, output: 2 },
  };
  const config = { http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } } };
  // Tests let days go by.
  const plugins = {
    auth: { registration: 'open', admin: ADMIN, accessTokenMinutes: 1_440 },
    robots: { requestsPerMinute: 0, accessTokenHours: 500 },
    ...options.plugins,
  };
  const all = { config, ...options, plugins };
  const app = await startAi({ ...providers, fake: provider }, all);
  return {
    app,
    mock,
    says(answer) {
      mock.clearFixtures();
      mock.clearRequests();
      mock.on({}, async (request) => {
        const given = typeof answer === 'function' ? await answer(request as unknown as AskedOfModel) : answer;
        return {
          content: typeof given === 'string' ? JSON.stringify({ action: 'reply', text: given }) : JSON.stringify(given),
        };
      });
    },
    asked: () => mock.getRequests().map(({ body }) => body as unknown as AskedOfModel),
    async tenant(settings = {}, policy = {}) {
      const owner = await register(app);
      const consent = await owner.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
      assert.equal(consent.status, 200, consent.text);
      const robot = await robotOf(app, owner);
      const wish = { replyDelayMin: 0, replyDelayMax: 0, ...settings };
      const changed = await owner.http.patch(`/api/platform/robots/robots/${robot.robotId}`, wish);
      assert.equal(changed.status, 200, changed.text);
      if (policy) await setPolicy(owner, robot, policy);
      return { owner, robot };
    },
    another: () => startAi({ ...providers, fake: provider }, { ...all, dataDir: app.dataDir, clock: app.clock }),
    async pass(ms) {
      await app.services.jobs.idle();
      await app.clock.advance(ms);
      await app.services.jobs.idle();
    },
    async stop() {
      await app.stop();
      await mock.stop();
    },
  };
}

/** Says it to the robot, and waits for what comes of it; gives the texts that the robot is told to say. */
export async function say(answers: Answers, robot: TestRobot, ...texts: (string | object)[]): Promise<string[]> {
  for (const text of texts) await upload(robot, typeof text === 'string' ? { spoken: text } : text);
  await answers.pass(PAUSE_MS);
  return said(answers, robot);
}

/** All that the robot was told to say so far. */
export async function said({ app }: Answers, robot: TestRobot): Promise<string[]> {
  const rows = await app.services.db.write('robots_commands').where({ robot: robot.key }).orderBy('id');
  return rows.map(({ params }) => JSON.parse(params).content);
}

/** Id of the one conversation of the robot. */
export async function conversationOf(owner: Person): Promise<string> {
  const list = await owner.http.get('/api/platform/robots/conversations');
  assert.equal(list.status, 200, list.text);
  return list.body.items[0].id;
}

export async function why(owner: Person): Promise<any> {
  const answer = await owner.http.get(`/api/platform/ai/conversations/${await conversationOf(owner)}/why`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

/** All of it; the robot answers by itself where it does not say otherwise. */
export async function setPolicy(owner: Person, robot: TestRobot, policy: object): Promise<void> {
  const answer = await owner.http.put(`/api/platform/ai/policies/${robot.robotId}`, { approval: false, ...policy });
  assert.equal(answer.status, 200, answer.text);
}

/** Knowledge that finds these passages, for this tenant alone; gives what it was asked. */
export function knows(app: TestPlatform, tenantId: string, passages: Partial<Passage>[]): string[] {
  const asked: string[] = [];
  app.services.knowledge.search = async ({ tenantId: asking, text }) => {
    if (asking !== tenantId) return [];
    asked.push(text);
    return passages.map((passage, place) => ({
      id: `chunk-${place}`,
      documentId: `document-${place}`,
      document: 'Manual',
      headings: [],
      page: null,
      offset: 0,
      text: '',
      score: 0.9,
      found: { words: 1, meaning: null, rerank: null },
      ...passage,
    }));
  };
  return asked;
}
