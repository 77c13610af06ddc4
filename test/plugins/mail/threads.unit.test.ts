/** The threads that read mail: what takes too long ends its thread alone, and holds up nobody for longer. */
import assert from 'node:assert/strict';
import { createWorkerPool, Overstepped, type WorkerPool, WorkersClosed } from '#plugins/mail/messages/workers/pool.ts';

const PLAIN = Buffer.from('From: a@good.example\r\nSubject: Hi\r\n\r\nYour code is 482913\r\n');
/** A hundred and fifty thousand parts of one letter: a megabyte and a half that takes more than a second. */
const SLOW = Buffer.from(
  `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(150_000)}--b--\r\n`,
);

describe('threads that read mail', () => {
  let threads: WorkerPool;
  let resolve: (name: string, type: string) => Promise<string[] | string[][]>;
  const start = (options: object = {}) => {
    threads = createWorkerPool({
      threads: 2,
      timeoutMs: 10_000,
      memoryMb: 128,
      resolve: (name, type) => resolve(name, type),
      resolveMs: 500,
      ...options,
    });
  };
  beforeEach(() => {
    resolve = async () => {
      throw Object.assign(new Error('no such record'), { code: 'ENOTFOUND' });
    };
    start();
  });
  afterEach(() => threads.close());

  const parse = (raw: Buffer, lane: 'quick' | 'large' = 'quick') => threads.run(lane, 'parse', { raw });
  const check = (raw: Buffer) =>
    threads.run('quick', 'authenticate', {
      raw,
      from: 'a@good.example',
      remoteIp: '192.0.2.1',
      helo: 'x',
      mta: 'here',
    });

  it('ends what takes too long, and parses what was given to the same thread', async () => {
    start({ timeoutMs: 500 });
    const work = [parse(PLAIN), parse(SLOW), parse(PLAIN), parse(PLAIN)];
    const outcomes = await Promise.allSettled(work);
    assert.deepEqual(
      outcomes.map((one) =>
        one.status === 'fulfilled' ? one.value.verificationCode : one.reason instanceof Overstepped,
      ),
      ['482913', true, '482913', '482913'],
    );
  });

  it('parses small mail while large mail takes its time', async () => {
    let isSlowDone = false;
    const slow = parse(SLOW, 'large')
      .catch(() => {})
      .finally(() => {
        isSlowDone = true;
      });
    for (let count = 0; count < 30; count++) await parse(PLAIN);
    assert.equal(isSlowDone, false);
    await threads.close();
    await slow;
  });

  it('works on others while one waits for the name service, which has a limited time in all', async () => {
    let asked = 0;
    resolve = () => {
      asked++;
      return new Promise(() => {});
    };
    const checks = Array.from({ length: 40 }, () => check(PLAIN));
    assert.equal((await parse(PLAIN)).verificationCode, '482913');
    const results = await Promise.all(checks);
    assert.ok(asked >= 40);
    assert.deepEqual([...new Set(results.map(({ spf }) => spf))], ['temperror']);
  });

  it('gives the records of the name service to the message that asked', async () => {
    resolve = async (name) => {
      if (name !== 'good.example') throw Object.assign(new Error('no such record'), { code: 'ENOTFOUND' });
      return [['v=spf1 ip4:192.0.2.1 -all']];
    };
    assert.equal((await check(PLAIN)).spf, 'pass');
  });

  it('asks for the policy of the author, however late the servers of the sender answer', async () => {
    resolve = async (name) => {
      if (name === '_dmarc.good.example') return [['v=DMARC1; p=reject']];
      return new Promise(() => {});
    };
    const { spf, dmarc } = await check(PLAIN);
    assert.deepEqual([spf, dmarc], ['temperror', 'fail']);
  });

  it('fails what was under way when it is closed', async () => {
    const slow = parse(SLOW, 'large');
    const closed = assert.rejects(slow, WorkersClosed);
    await threads.close();
    await closed;
  });

  it('says what is wrong with a message that cannot be read, without ending the thread', async () => {
    const wide = Buffer.from(`X: ${'y'.repeat(3 * 1024 * 1024)}\r\n\r\nbody\r\n`);
    await assert.rejects(parse(wide, 'large'), /header size/);
  });
});
