/** A platform whose robots are answered by assistants: a Dify app, a Coze bot, and an address of one's own. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Person } from '#test/support/accounts.ts';
import type { TestRobot } from '../robots/support.ts';
import { type Answers, startAnswers } from './answers-support.ts';
import { type FakeCoze, fakeCoze } from './fake-coze.ts';
import { type FakeDify, fakeDify } from './fake-dify.ts';

type Hook = (body: any) => object | Promise<object>;

export interface Assistants {
  answers: Answers;
  dify: FakeDify;
  coze: FakeCoze;
  /** Where the webhook is, without a path. */
  hookUrl: string;
  /** What it was posted. */
  posted: any[];
  /** What it answers from now on; `status` is that of HTTP. */
  hook(answer: Hook): void;
  /** All answer as at the beginning, and have been asked nothing. */
  reset(): void;
  /** Sessions of this robot that are kept. */
  sessions(robot: TestRobot): Promise<{ session: string; conversation_id: string; tenant_id: string }[]>;
  contactOf(robot: TestRobot): Promise<string>;
  /** Whoever has spoken to the robot. */
  erase(owner: Person, robot: TestRobot): Promise<void>;
  stop(): Promise<void>;
}

const FROM_THE_HOOK: Hook = () => ({ text: 'From the hook' });

export async function startAssistants(): Promise<Assistants> {
  const dify = await fakeDify();
  const coze = await fakeCoze();
  const posted: any[] = [];
  let hook = FROM_THE_HOOK;
  const webhook = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    posted.push(body);
    const answer = await hook(body);
    response.writeHead('status' in answer ? Number(answer.status) : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(webhook, 'listening');
  const hookUrl = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}`;
  const hooked = { kind: 'webhook', baseUrl: `${hookUrl}/answer`, shared: true };
  const answers = await startAnswers({
    providers: {
      dify: {
        kind: 'dify',
        baseUrl: dify.url,
        apiKey: dify.key,
        shared: true,
        handover: '[PERSON]',
        inputs: { shop: 'Bremen' },
      },
      coze: { kind: 'coze', baseUrl: coze.url, apiKey: coze.key, model: 'bot-7', shared: true },
      hook: hooked,
      told: { ...hooked, instructions: true },
      nightly: { ...hooked, hours: { zone: 'UTC', from: '00:00', to: '00:01' } },
    },
    ai: { retries: 0, breaker: { failures: 100, seconds: 1 } },
  });
  const { db, jobs } = answers.app.services;
  const contactOf = async (robot: TestRobot) =>
    (await db
      .read('robots_conversations as c')
      .join('robots_contacts as k', 'k.id', 'c.contact')
      .where('c.robot', robot.key)
      .first('k.uuid'))!.uuid;
  return {
    answers,
    dify,
    coze,
    hookUrl,
    posted,
    hook(answer) {
      hook = answer;
    },
    reset() {
      dify.asked.length = 0;
      coze.asked.length = 0;
      posted.length = 0;
      coze.isDown = false;
      hook = FROM_THE_HOOK;
      dify.says((queries) => `Heard: ${queries.join(' | ')}`);
      answers.says('From the model');
    },
    sessions: (robot) => db.read('ai_replies_assistant_sessions').where({ robot_id: robot.robotId }).orderBy('id'),
    contactOf,
    async erase(owner, robot) {
      const gone = await owner.http.delete(`/api/platform/robots/contacts/${await contactOf(robot)}`);
      if (gone.status >= 300) throw new Error(gone.text);
      await jobs.idle();
    },
    async stop() {
      await answers.stop();
      await dify.stop();
      await coze.stop();
      webhook.closeAllConnections();
      webhook.close();
    },
  };
}
