/** Two processes with one bot of Telegram: one of them is it at a time. */
import assert from 'node:assert/strict';
import { type RobotsPlatform, startRobots } from './support.ts';
import { startTelegram, type TelegramFake } from './telegram-fake.ts';

const TOKEN = '9:shared';
const ADA = { from: { id: 7, first_name: 'Ada' }, chat: { id: 7, type: 'private' } };
const PATIENCE_MS = 30_000;

describe('telegram with two replicas', () => {
  let telegram: TelegramFake;
  let a: RobotsPlatform;
  let b: RobotsPlatform;
  before(async () => {
    telegram = await startTelegram(TOKEN);
    const options = {
      config: { http: { outbound: { allow: ['127.0.0.1'] } } },
      plugins: {
        robots: { telegram: { apiBase: telegram.url, bots: { shop: { token: TOKEN, tenant: 'a-tenant' } } } },
      },
    };
    a = await startRobots(options);
    const { database } = a.services.coreConfig;
    b = await startRobots({ ...options, database, dataDir: a.dataDir, clock: a.clock });
  });
  after(async () => {
    await b.stop();
    await telegram.stop();
  });

  it('one polls, and the other does when that has gone', async () => {
    telegram.write({ ...ADA, text: 'one' });
    await heard(1);
    await a.platform.stop();
    telegram.write({ ...ADA, text: 'two' });
    await heard(2);
    assert.equal(telegram.mostPolls, 1);
    const robots = await b.services.db.read('robots_robots');
    assert.equal(robots.length, 1, 'both have made the same one');
  });

  async function heard(count: number): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while ((await b.services.db.write('robots_messages')).length < count) {
      assert.ok(Date.now() < end, 'It was not heard');
      await new Promise((resolve) => setTimeout(resolve, 20));
      await b.clock.advance(100);
    }
  }
});
