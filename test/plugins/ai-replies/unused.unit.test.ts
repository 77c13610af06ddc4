/** A robot for which no model is set up: what it hears is nobody's to answer, and becomes no job, neither to ask nor to answer. */
import assert from 'node:assert/strict';
import { ADMIN, type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { robotOf, type TestRobot, upload } from '../robots/support.ts';
import { setPolicy } from './answers-support.ts';
import { startAi } from './support.ts';

describe('messages where no model is set up', () => {
  let app: TestPlatform;
  let owner: Person;
  let robot: TestRobot;
  let jobs = 0;

  before(async () => {
    app = await startAi(
      {},
      { plugins: { auth: { registration: 'open', admin: ADMIN }, robots: { requestsPerMinute: 0 } } },
    );
    owner = await register(app);
    robot = await robotOf(app, owner);
    const { db } = app.services;
    db.write.on('query', ({ sql, bindings }: { sql: string; bindings?: unknown[] }) => {
      if (
        /^insert into ["`]?core_jobs/i.test(sql.trim()) &&
        /ai-replies\.(on:robot\.message|answer)/.test(JSON.stringify(bindings))
      )
        jobs++;
    });
  });
  beforeEach(() => {
    jobs = 0;
  });
  after(() => app.stop());

  async function hear(): Promise<number> {
    jobs = 0;
    await upload(robot, { spoken: `Good morning, ${crypto.randomUUID()}.` });
    await app.services.jobs.idle();
    return jobs;
  }

  it('become no job once that is known', async () => {
    await hear();
    assert.deepEqual([await hear(), await hear()], [0, 0]);
  });

  it('become one as soon as a model is there', async () => {
    await hear();
    const provider = {
      name: 'own',
      kind: 'openai-compatible',
      base_url: 'https://ai.example/v1',
      api_key: 'k',
      model: 'm',
    };
    const made = await owner.http.post('/api/platform/ai/providers', provider);
    assert.equal(made.status, 201, made.text);
    assert.ok((await hear()) > 0);
    assert.equal((await owner.http.delete('/api/platform/ai/providers/own')).status, 204);
    await hear();
    assert.equal(await hear(), 0);
  });

  it('become one as soon as the robot has a policy', async () => {
    await hear();
    await setPolicy(owner, robot, {});
    assert.ok((await hear()) > 0);
  });
});
