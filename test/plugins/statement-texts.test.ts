/**
 * A statement reads the same whoever it is for: what changes from one to the next is a parameter. One with an id in its text is
 * prepared anew each time, and puts out another one that was kept.
 */
import assert from 'node:assert/strict';
import { authConfig, ROOT_TOKEN, register, signIn } from '#test/support/accounts.ts';
import { callsOf, made, STATIC_KEY } from './licensing/support.ts';
import { connected, poll, robotOf, sendText, startRobots, upload } from './robots/support.ts';
import { benchOf } from './workflows/support.ts';

/** More of one shape than ever differ by a word of ours. */
const MOST_TEXTS = 4;
const TIMES = MOST_TEXTS + 3;

describe('a statement', () => {
  let app: Awaited<ReturnType<typeof startRobots>>;
  const texts = new Set<string>();
  before(async () => {
    app = await startRobots({
      plugins: {
        auth: { ...authConfig, registration: 'open' },
        mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { enabled: false } },
        robots: { requestsPerMinute: 0 },
        workflows: {},
        licensing: { apiKey: STATIC_KEY },
        billing: {},
      },
      config: { http: { rateLimit: { enabled: false } } },
    } as never);
    const { db } = app.services;
    for (const side of new Set([db.read, db.write])) side.on('query', ({ sql }: { sql: string }) => texts.add(sql));
  });
  after(() => app.stop());

  /** What somebody new does, by their number. */
  const doings: Record<string, (number: number) => Promise<unknown>> = {
    async 'signs up, signs in, makes a key and lists'(number) {
      const person = await register(app);
      await signIn(app, person.email, person.password);
      const { raw_key } = await answered(person.http.post('/api/v2/api-keys', { name: `key ${number}` }), 201);
      await answered(app.http.apiKey(raw_key).get('/api/v2/users/me'));
      for (const list of ['v2/api-keys', 'v2/usage/current', 'platform/auth/sessions'])
        await answered(person.http.get(`/api/${list}`));
    },
    async 'has mail, and reads it'(number) {
      const root = app.http.bearer(ROOT_TOKEN);
      const to = `box${number}@example.com`;
      await answered(root.post('/api/create', { local: `box${number}` }));
      const raw = `From: a@b.example\r\nTo: ${to}\r\nSubject: ${number}\r\n\r\ntext\r\n`;
      await answered(root.post('/receive', { from: 'a@b.example', to, raw }));
      await app.services.mailParseLoop.idle();
      const [{ id }] = await answered(root.get(`/api/emails?mailbox=${encodeURIComponent(to)}`));
      await answered(root.get(`/api/email/${id}`));
      await answered(root.delete(`/api/email/${id}`));
    },
    async 'has a robot that comes, uploads and is sent to'(number) {
      const owner = await register(app);
      const robot = await robotOf(app, owner);
      const line = await connected(app, robot);
      await upload(robot, { receivedName: `name ${number}` });
      const commandId = await sendText(robot, 'text');
      await line.next(({ data }) => data?.commandId === commandId);
      line.socket.terminate();
      await line.closed;
      await answered(robot.http.post('/api/robot/command-result', { robotId: robot.robotId, commandId, errorCode: 0 }));
      await poll(robot);
      await app.services.commandDispatch.claim({ robot: robot.key, over: 'poll', limit: 5 });
      for (const list of ['robots', 'conversations', 'contacts'])
        await answered(owner.http.get(`/api/platform/robots/${list}`));
    },
    async 'has a licence that is verified'() {
      const calls = callsOf(() => app);
      const licence = await calls.licence();
      for (const device_id of ['first', 'second', 'second']) {
        const { code } = await calls.verify(licence, { device_id });
        assert.equal(code, 'SUCCESS');
      }
    },
    async 'has a workflow that runs'(number) {
      const bench = benchOf(app);
      await bench.publish(`flow-${number}`, `do:\n  - one: { set: { a: '\${ .b }' } }\n  - two: { set: { c: 1 } }\n`);
      await bench.run(`flow-${number}`, { b: 1 });
    },
  };

  for (const [what, doing] of Object.entries(doings)) {
    it(`reads the same for all of whom each ${what}`, async () => {
      texts.clear();
      for (let number = 0; number < TIMES; number++) await doing(number);
      await app.services.jobs.idle();
      assert.ok(texts.size > 5);
      const shapes = [...Map.groupBy(texts, shapeOf).values()];
      assert.deepEqual(
        shapes.filter((alike) => alike.length > MOST_TEXTS).map(([first]) => first),
        [],
      );
    }).timeout(60_000);
  }
});

const answered = (answer: Parameters<typeof made>[0], status = 200) => made(answer, status);

/** What is left of it without the values that stand in it. */
function shapeOf(sql: string): string {
  return sql
    .replaceAll(/\$\d+/g, '?')
    .replaceAll(/'[^']*'|\b\d+\b/g, '#')
    .replaceAll(/\s+/g, ' ');
}
