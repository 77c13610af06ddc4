import { createRequire } from 'node:module';
import { ADMIN, ROOT_TOKEN } from '#test/support/accounts.ts';
import { type Answers, startAnswers } from './plugins/ai-replies/answers-support.ts';
import { connected, isCommand, upload } from './plugins/robots/support.ts';

describe('trace', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers({
      config: { http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } } },
      ai: { gather: { pauseSeconds: 0, mostSeconds: 0 } }, plugins: { auth: { registration: 'open', admin: ADMIN, rootToken: ROOT_TOKEN, accessTokenMinutes: 1_440 }, billing: {}, licensing: {}, workflows: {}, admin: {}, mail: { mailboxTtl: 0, smtp: { port: 0 } } },
    });
  });
  after(() => answers.stop());
  it('one', async () => {
    const { robot } = await answers.tenant({ aiMode: 'builtin' });
    answers.says('Good morning to you.');
    const app = answers.app;
    const settled = async () => { await app.services.jobs.idle(); await app.services.mailParseLoop.idle(); await app.services.workflowEngine.idle(); };
    const line = await connected(app, robot); for (let i = 0; i < 8; i++) { await upload(robot, { spoken: 'Good morning.', receivedName: `p${i}` }); const {data}=await line.next(isCommand); await settled(); }
    const { Statement, Database } = createRequire(import.meta.url)('sqlite3');
    const log: string[] = [];
    for (const m of ['run', 'all', 'get']) { const o = Statement.prototype[m]; Statement.prototype[m] = function (...a: any[]) { log.push(String(this.sql)); return o.apply(this, a); }; }
    const e = Database.prototype.exec; Database.prototype.exec = function (...a: any[]) { log.push(String(a[0])); return e.apply(this, a); };
    await settled(); const idle = log.length; console.log('idle', idle, log.join('\n')); log.length = 0;
    log.push('--- upload'); await upload(robot, { spoken: 'Good morning.', receivedName: 'new one' });
    log.push('--- uploaded'); await line.next(isCommand); log.push('--- got command');
    await settled();
    console.log(log.map((l) => l.replace(/\s+/g, ' ').slice(0, +(process.env.W ?? 260))).join('\n'));
  }).timeout(60_000);
});
