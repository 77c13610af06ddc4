/** Remote pictures are fetched so often in a minute for a mailbox, and no more, whoever has the links. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REMOTE_PICTURES } from '#plugins/mail/reading/pictures.ts';
import { htmlMail, type MailPlatform, startMail } from '#test/support/mail.ts';

const GIF = Buffer.from('R0lGODlhAQABAAAAACw=', 'base64');

describe('remote pictures of mails', () => {
  let mail: MailPlatform;
  let outside: Server;
  let asked = 0;
  before(async () => {
    outside = createServer((_, response) => {
      asked++;
      response.writeHead(200, { 'content-type': 'image/gif' }).end(GIF);
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    const http = { outbound: { allow: ['127.0.0.1'] }, rateLimit: { enabled: true } };
    mail = await startMail({ publicDomains: ['example.com'] }, { config: { http } });
  });
  after(async () => {
    await mail.app.stop();
    outside.close();
  });

  async function pictureOf(mailbox: string): Promise<string> {
    const { port } = outside.address() as AddressInfo;
    await mail.deliver(htmlMail('Seen', `<img src="http://127.0.0.1:${port}/p.gif">`), mailbox);
    await mail.app.services.mailParseLoop.idle();
    const { id } = (await mail.rows()).at(-1)!;
    const page = (await mail.http.get(`/api/platform/mail/messages/${id}/page?images=1`)).text;
    const [, address = ''] = /src="(\/api\/platform\/mail\/picture\?key=[^"]+)"/.exec(page) ?? [];
    return address;
  }

  it('are refused above the limit without asking for them, and those of other mailboxes are not', async () => {
    const [one, other] = [await pictureOf('one@example.com'), await pictureOf('other@example.com')];
    const open = async (address: string) => (await mail.app.http.get(address)).status;
    for (let count = 0; count < REMOTE_PICTURES.points; count++) assert.equal(await open(one), 200);
    assert.equal(await open(one), 429);
    assert.equal(asked, REMOTE_PICTURES.points);
    assert.equal(await open(other), 200);
  });
});
