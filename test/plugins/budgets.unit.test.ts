/** No operation becomes dearer unseen: what each costs is counted, and compared with what stands in budgets.ts. */
import assert from 'node:assert/strict';
import { ADMIN, allowSending, keyOf, ROOT_TOKEN, signInAdmin } from '#test/support/accounts.ts';
import { type CostMeter, type Costs, createCostMeter } from '#test/support/costs.ts';
import { plainMail } from '#test/support/mail.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { sendMail } from '#test/support/smtp.ts';
import { type Answers, startAnswers } from './ai-replies/answers-support.ts';
import { BUDGETS, type Budget } from './budgets.ts';
import { connected, isCommand, upload } from './robots/support.ts';

const WARM_UP = 5;
const TIMES = 10;
/** On a busy machine what goes on by itself falls into every run: what looks dearer is counted again. */
const TRIES = 8;
/** Promises and timers are not made in the same number each time: this part of them, and some. */
const SHARE = 0.08;
const SOME = { timers: 4, promises: 30 };

describe('the costs of', () => {
  let answers: Answers;
  let relay: MailServer;
  let meter: CostMeter;
  /** Of looking whether all is done. */
  let idle: Costs;
  const app = () => answers.app;
  const root = () => app().http.bearer(ROOT_TOKEN);

  before(async () => {
    relay = await startMailServer();
    answers = await startAnswers({
      config: {
        http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } },
        mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } },
      },
      plugins: {
        auth: { registration: 'open', admin: ADMIN, rootToken: ROOT_TOKEN, accessTokenMinutes: 1_440 },
        billing: {},
        licensing: {},
        workflows: {},
        admin: {},
        mail: { mailboxTtl: 0, smtp: { port: 0 } },
      },
    });
    meter = await createCostMeter();
    await settled();
    idle = await meter.of(settled, TIMES);
  });
  after(async () => {
    meter.restore();
    await answers.stop();
    await relay.close();
  });

  const ok = <A extends { status: number; text: string }>(answer: A): A => {
    assert.ok(answer.status < 300, answer.text);
    return answer;
  };

  async function settled(): Promise<void> {
    await app().services.jobs.idle();
    await app().services.mailParseLoop.idle();
    await app().services.workflowEngine.idle();
  }

  /** Looks once without counting, so that nothing is loaded, compiled or opened while it counts. */
  async function costs(name: string, work: () => Promise<unknown>): Promise<void> {
    const whole = async () => {
      await work();
      await settled();
    };
    for (let index = 0; index < WARM_UP; index++) await whole();
    let found = less(await meter.of(whole, TIMES), idle);
    for (let tries = 1; tries < TRIES && dearer(name, found).length > 0; tries++)
      found = less(await meter.of(whole, TIMES), idle);
    compare(name, found, meter.statements());
  }

  const operation = (name: string, prepare: () => Promise<() => Promise<unknown>>) =>
    it(name, async () => costs(name, await prepare())).timeout(60_000);

  operation('a sign-in', async () => async () => {
    ok(await app().http.post('/api/v2/auth/login', { email: ADMIN.email, password: ADMIN.password }));
  });

  operation('a look by an API key', async () => {
    const key = app().http.with(await keyOf(await signInAdmin(app())));
    return async () => ok(await key.get('/api/v2/users/me'));
  });

  operation('a verification of a known device', async () => {
    const made = ok(await root().post('/api/admin/generate', { plan: 'monthly', email: 'a@b.test' }));
    const { activation_code } = made.body.license;
    const body = { activation_code, email: 'a@b.test', device_id: 'd1' };
    return async () => assert.equal(ok(await app().http.post('/api/verify', body)).body.isValid, true);
  });

  operation('a use that is consumed', async () => {
    const { tenantId } = (await answers.tenant()).owner;
    return () => app().services.usage.consume(null, { tenantId, meter: 'messages' });
  });

  operation('a list of fifty', async () => {
    const { owner } = await answers.tenant();
    await app().services.db.transaction(async (trx) => {
      const team = (n: number) => ({
        uuid: crypto.randomUUID(),
        tenant_id: owner.tenantId,
        name: `Team ${n}`,
        created_at: n,
        updated_at: n,
      });
      await trx('robots_teams').insert(Array.from({ length: 50 }, (_, n) => team(n)) as never);
    });
    return async () => assert.equal(ok(await owner.http.get('/api/platform/robots/teams')).body.items.length, 50);
  });

  operation('a mail that comes in', async () => {
    const port = app().services.smtpReceiver.port() ?? 0;
    return () =>
      sendMail(port, { envelope: { from: 'shop@sender.example', to: 'in@example.com' }, raw: plainMail('In') });
  });

  operation('a mail of 100 KB that comes in', async () => {
    const port = app().services.smtpReceiver.port() ?? 0;
    const raw = plainMail('Large', 'Words of a long mail.\r\n'.repeat(4_500));
    return () => sendMail(port, { envelope: { from: 'shop@sender.example', to: 'in@example.com' }, raw });
  });

  operation('a mail that goes out', async () => {
    const admin = await signInAdmin(app());
    await allowSending(app(), admin);
    ok(await admin.http.post('/api/create', { local: 'out' }));
    const mail = { from: 'out@example.com', to: 'you@else.example', subject: 'Out', text: 'Text.' };
    return async () => {
      const sent = relay.received.length;
      ok(await admin.http.post('/api/send', mail));
      await relay.has(sent + 1);
    };
  });

  const workflow = async (name: string, rest: object) => {
    const document = {
      dsl: '1.0.0',
      namespace: 'default',
      name,
      version: '1.0.0',
      metadata: { patchbay: { hook: true } },
    };
    ok(await root().post('/api/platform/workflows', { definition: { document, ...rest } }));
  };
  const SET = { total: '${ .price * .count }', greeting: '${ "hello " + .name }' };
  const input = { name: 'you', price: 12.5, count: 4 };

  operation('a workflow that a hook starts', async () => {
    await workflow('one', { do: [{ one: { set: SET } }] });
    return async () =>
      assert.equal(ok(await app().http.post('/hooks/default/one?wait=10', input)).body.output.total, 50);
  });

  operation('a workflow of ten tasks', async () => {
    await workflow('ten', {
      do: Array.from({ length: 10 }, (_, n) => ({ [`task${n}`]: { set: { n, name: '${ .name }' } } })),
    });
    return async () => assert.equal(ok(await app().http.post('/hooks/default/ten?wait=10', input)).body.output.n, 9);
  });

  operation('an event that starts a workflow', async () => {
    const { events, db } = app().services;
    await workflow('heard', {
      schedule: { on: { one: { with: { type: 'test.happened' } } } },
      do: [{ one: { set: { a: 1 } } }],
    });
    await app().services.jobs.idle();
    return () =>
      db.transaction((trx) => events.emit(trx, 'test.happened' as never, { n: 1 } as never, { tenantId: null }));
  });

  operation('an upload of a robot', async () => {
    const { robot } = await answers.tenant();
    return () => upload(robot, { spoken: 'Good morning.' });
  });

  operation('a command to a robot, with its result', async () => {
    const { robot } = await answers.tenant();
    const line = await connected(app(), robot);
    const body = { robotId: robot.robotId, type: 'text', titleList: ['张三'], content: 'Hello.' };
    return async () => {
      ok(await robot.owner.http.post('/api/robot/send-message', body));
      const { data } = await line.next(isCommand);
      line.send({ type: 'result', data: { commandId: data.commandId, status: 'success' } });
      await line.next(({ type }) => type === 'result_ack');
    };
  });

  operation('an answer of a model', async () => {
    const { robot } = await answers.tenant({ aiMode: 'builtin' });
    answers.says('Good morning to you.');
    return async () => {
      await upload(robot, { spoken: 'Good morning.' });
      await answers.pass(3_000);
    };
  });

  /** The last one: whoever loads a page is expected to listen, and from then on all that happens is told. */
  operation('a page that is loaded', async () => {
    const { owner } = await answers.tenant();
    const page = app().http.with({ accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' });
    return async () => {
      ok(await page.get('/mail'));
      ok(await owner.http.get('/api/platform/me'));
      ok(await owner.http.get('/api/platform/ui'));
    };
  });
});

function less(costs: Costs, others: Costs): Costs {
  const left = Object.entries(costs).map(([what, count]) => [what, Math.max(0, count - others[what as keyof Costs])]);
  return Object.fromEntries(left);
}

/** Says what has changed, as the line that then stands in budgets.ts. */
function compare(name: string, found: Costs, whole: readonly string[]): void {
  const statements = whole.map((text) => text.slice(0, 160));
  const { fileBytes: _file, socketBytes: _socket, ...counted } = found;
  const line = `'${name}': ${JSON.stringify(counted).replaceAll('"', '').replaceAll(',', ', ').replaceAll(':', ': ')},`;
  const budget = BUDGETS[name];
  assert.ok(budget, `it has no budget yet:\n${line}\n${statements.join('\n')}`);
  assert.deepEqual(
    Object.fromEntries(dearer(name, found)),
    {},
    `it has become dearer:\n${line}\n${statements.join('\n')}`,
  );
  const isCheaper = Object.entries(budget).some(
    ([what, most]) => counted[what as keyof Budget] < most - slackOf(what, most),
  );
  if (isCheaper) console.log(`    cheaper than its budget; write this down in budgets.ts:\n    ${line}`);
}

function dearer(name: string, found: Costs): [string, number][] {
  return Object.entries(BUDGETS[name] ?? {}).filter(
    ([what, most]) => found[what as keyof Budget] > most + slackOf(what, most),
  );
}

function slackOf(what: string, most: number): number {
  return what === 'promises' || what === 'timers' ? Math.max(SOME[what], most * SHARE) : 0;
}
