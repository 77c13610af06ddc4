/** Downloads of attachments: few whole messages are in memory at once, however many ask and however slowly they read. */
import assert from 'node:assert/strict';
import { ROOT_TOKEN } from '#test/support/accounts.ts';
import { type MailPlatform, startMail } from '#test/support/mail.ts';

const SIZE = 600_000;

describe('downloads of attachments', () => {
  let mail: MailPlatform;
  before(async () => {
    mail = await startMail();
  });
  after(() => mail.app.stop());

  it('has two messages in memory at most, and gives each reader all bytes', async () => {
    const content = Buffer.alloc(SIZE, 'attachment ');
    const lines = content.toString('base64').replace(/.{76}/g, '$&\r\n');
    const part = 'Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64';
    await mail.deliver(
      `Subject: large\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${part}\r\n\r\n${lines}\r\n--b--\r\n`,
    );
    const [{ id }] = (await mail.list()) as [{ id: number }];
    const { blobs, mailWorkers } = mail.app.services;
    const [read, run] = [blobs.read, mailWorkers.run];
    let inMemory = 0;
    let most = 0;
    blobs.read = async (blob) => {
      most = Math.max(most, ++inMemory);
      return read(blob);
    };
    mailWorkers.run = (async (lane: any, task: any, given: any) => {
      const found = await run(lane, task, given);
      inMemory--;
      return found;
    }) as typeof run;
    const url = `${mail.app.url}/api/platform/mail/messages/${id}/attachments/0`;
    const downloads = Array.from({ length: 12 }, async () => {
      const answer = await fetch(url, { headers: { authorization: `Bearer ${ROOT_TOKEN}` } });
      assert.equal(answer.headers.get('content-length'), String(SIZE));
      return Buffer.from(await answer.arrayBuffer());
    });
    for (const bytes of await Promise.all(downloads)) assert.ok(bytes.equals(content));
    assert.equal(most, 2);
  });
});
