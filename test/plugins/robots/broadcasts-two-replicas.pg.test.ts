/** Two processes on one PostgreSQL send a broadcast together: each recipient once, each robot at its pace. */
import assert from 'node:assert/strict';
import { allIdle } from '#test/support/replicas.ts';
import { type RobotsPlatform, robotOf, startRobots } from './support.ts';

const BEAT_MS = 3_000;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('broadcasts with two replicas', () => {
  let a: RobotsPlatform;
  let b: RobotsPlatform;
  before(async () => {
    a = await startRobots();
    const { database } = a.services.coreConfig;
    b = await startRobots({ database, dataDir: a.dataDir, clock: a.clock });
  });
  after(async () => {
    await b.platform.stop();
    await a.stop();
  });

  it('send to everybody once, and each robot at its pace', async () => {
    const robots = [await robotOf(a), await robotOf(a)];
    const http = robots[0]!.owner.http;
    for (const { robotId } of robots) {
      const body = { name: 'News', content: 'News', robots: [robotId], audience: { names: NAMES } };
      const { id } = (await http.post('/api/platform/robots/broadcasts', body)).body;
      const started = await http.post(`/api/platform/robots/broadcasts/${id}/start`, {});
      assert.equal(started.status, 200, started.text);
    }
    for (let beat = 0; beat < NAMES.length; beat++) {
      await allIdle(a, b);
      await a.clock.advance(BEAT_MS);
    }
    await allIdle(a, b);
    for (const { key } of robots) {
      const commands = await a.services.db.read('robots_commands').where({ robot: key }).orderBy('id');
      assert.deepEqual(
        commands.map(({ recipient }) => recipient),
        NAMES,
      );
      for (const [place, { created_at }] of commands.entries())
        if (place > 0) assert.ok(created_at - commands[place - 1]!.created_at >= BEAT_MS);
    }
  });
});
