/** Programs of other services while the bucket is gone: each is told so in its own words, and what it sends again is there once. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ROOT_TOKEN } from '#test/support/accounts.ts';
import { useBucket } from '#test/support/bucket.ts';
import { robotOf } from '../plugins/robots/support.ts';

const LARGE_TEXT = 'A line of a large mail.\r\n'.repeat(6_000);
const MAIL = `From: a@sender.example\r\nTo: keep@example.com\r\nSubject: handed over\r\n\r\n${LARGE_TEXT}`;

describe('programs of other services, while the bucket is gone', function () {
  this.timeout(120_000);
  const bucket = useBucket({
    auth: { registration: 'open', rootToken: ROOT_TOKEN },
    mail: { mailboxTtl: 0 },
    robots: { requestsPerMinute: 0 },
  });
  const count = async (table: 'core_blobs' | 'mail_messages' | 'robots_messages'): Promise<number> =>
    Number((await bucket.app.services.db.read(table).count({ count: '*' }).first())?.count);

  it('are told so by temp-mail, and hand the mail over again', async () => {
    const { http, services } = await bucket.start({}, { logLevel: 'silent' });
    const root = http.bearer(ROOT_TOKEN);
    const handOver = () => root.post('/receive', { from: 'a@sender.example', to: 'keep@example.com', raw: MAIL });
    bucket.cut();
    const refused = await handOver();
    assert.deepEqual([refused.status, refused.body], [503, { error: '服务暂不可用' }]);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    assert.deepEqual([await count('core_blobs'), await count('mail_messages')], [0, 0]);

    bucket.server.door = null;
    assert.deepEqual((await handOver()).body, { success: true });
    await services.mailParseLoop.idle();
    const [mail] = (await root.get('/api/emails?mailbox=keep@example.com')).body;
    assert.equal(mail.subject, 'handed over');

    bucket.cut();
    const unread = await root.get(`/api/email/${mail.id}/download`);
    assert.deepEqual([unread.status, unread.body], [503, { error: '服务暂不可用' }]);
    bucket.server.door = null;
    assert.match((await root.get(`/api/email/${mail.id}/download`)).text, /A line of a large mail/);
    assert.deepEqual([await count('mail_messages'), (await bucket.objects()).length], [1, 1]);
  });

  it('are told so by WorkBot, and upload the message again', async () => {
    const app = await bucket.start({}, { logLevel: 'silent' });
    const robot = await robotOf(app);
    const file = randomBytes(100_000);
    const upload = () =>
      robot.http.post('/api/robot/messages', {
        robotId: robot.robotId,
        messageId: 'of-the-phone-1',
        receivedName: 'Ada',
        roomType: 2,
        textType: 2,
        fileBase64: file.toString('base64'),
      });
    bucket.cut();
    const refused = await upload();
    assert.deepEqual([refused.status, refused.body], [503, { code: 503, message: '服务暂时不可用', data: null }]);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    assert.deepEqual([await count('core_blobs'), await count('robots_messages')], [0, 0]);

    bucket.server.door = null;
    const ids = [await upload(), await upload()].map(({ body }) => body.data.messageId);
    assert.equal(new Set(ids).size, 1);
    assert.equal(await count('robots_messages'), 1);
    const { blob } = (await app.services.db.read('robots_messages').first('blob')) ?? {};
    assert.ok((await app.services.blobs.read(Number(blob))).equals(file));
  });
});
