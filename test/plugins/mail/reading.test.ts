/** What people do with mail: search, threads, attachments, safe display, waiting, live streams, webhooks, batches. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { indexWords } from '#plugins/mail/receiving/word-index.ts';
import { allowSending, authConfig, type Person, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { traceOf } from '#test/support/mail.ts';
import { callAs } from '#test/support/principals.ts';
import { sendMail } from '#test/support/smtp.ts';
import { openStream } from '#test/support/streams.ts';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('reading mail', () => {
  let app: TestPlatform;
  let http: Client;
  let outside: Server;
  let outsideUrl: string;
  const calls: { headers: Record<string, string>; body: string }[] = [];

  before(async () => {
    outside = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        calls.push({ headers: request.headers as Record<string, string>, body });
        if (request.url === '/pixel.png') response.writeHead(200, { 'content-type': 'image/png' }).end(PIXEL);
        else if (request.url === '/page.png') response.writeHead(200, { 'content-type': 'text/html' }).end('<script>');
        else response.writeHead(calls.length === 1 ? 500 : 200).end();
      });
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, publicDomains: ['example.com'], smtp: { port: 0 } } },
      config: { http: { outbound: { allow: ['127.0.0.1'] }, rateLimit: { enabled: false } } },
    });
    http = app.http.bearer(ROOT_TOKEN);
  });
  after(async () => {
    await app.stop();
    outside.close();
  });

  const deliver = (mail: Parameters<typeof sendMail>[1]) =>
    sendMail(app.services.smtpReceiver.port()!, { from: 'ada@sender.example', ...mail });
  const list = async (mailbox: string, query = '') => {
    await app.services.mailParseLoop.idle();
    return (await http.get(`/api/emails?mailbox=${mailbox}${query}`)).body;
  };

  it('shows long mail whole, finds its words, and stores its text once', async () => {
    const text = `${'Many words of a long mail.\n'.repeat(3_000)}The last one is xylophone. Code: 482913\n`;
    const html = `<p>${'Many words of a long mail. '.repeat(3_000)}<b>marimba</b></p>`;
    await deliver({ to: 'long@example.com', subject: 'Long', text, html });
    const [item] = await list('long@example.com');
    assert.match(item.preview, /^Many words of a long mail\./);
    const opened = (await http.get(`/api/email/${item.id}`)).body;
    assert.match(opened.content, /The last one is xylophone/);
    assert.match(opened.html_content, /<b>marimba<\/b>/);
    assert.equal((await list('long@example.com', '&q=xylophone')).length, 1);
    const waited = await http.get('/api/platform/mail/wait?mailbox=long@example.com&timeout=1');
    assert.match(waited.body.text, /The last one is xylophone/);
    const [stored] = await app.services.db.read('mail_contents').where({ message_id: item.id });
    assert.deepEqual([stored?.text, stored?.html, stored?.is_long], ['', '', 1]);
  });

  it('says of long mail whose bytes are damaged that they are, and shows programs its beginning', async () => {
    const text = 'Words that are lost.\n'.repeat(2_500);
    for (const subject of ['Whole', 'Damaged']) await deliver({ to: 'lost@example.com', subject, text });
    const [{ id }] = await list('lost@example.com');
    const { db } = app.services;
    const blob = (await db.read('mail_messages').where({ id }).first())!.blob_id;
    await db.write('core_blobs').where({ id: blob }).whereNull('content').update({ checksum: 1 });
    const elsewhere = { content: null, segment: 'lost', segment_offset: 0, checksum: 1 };
    await db.write('core_blobs').where({ id: blob }).whereNotNull('content').update(elsewhere);
    assert.equal((await http.get(`/api/email/${id}`)).status, 500);
    assert.equal((await http.get(`/api/platform/mail/messages/${id}`)).body.code, 'message_damaged');
    const input = { mailbox: 'lost@example.com' };
    const { body } = await http.post('/api/platform/functions/mail.find', { input });
    const lengths = body.output.items.map((mail: { text: string }) => mail.text.length > 1_000);
    assert.deepEqual(lengths, [false, true]);
  });

  it('finds words in subject, sender and text, in writing with and without spaces', async () => {
    await deliver({ to: 'find@example.com', subject: 'Quarterly report', text: 'The übergroße numbers are in.' });
    await deliver({ to: 'find@example.com', subject: '登录验证码', text: '您的验证码是 730164,请勿泄露。' });
    await deliver({
      from: 'Carol Danvers <carol@shop.example>',
      to: 'other@example.com',
      subject: 'Invoice',
      text: 'Quarterly fee',
    });
    await list('find@example.com');
    const search = async (words: string) =>
      (await http.get(`/api/platform/mail/messages?search=${encodeURIComponent(words)}`)).body.items.map(
        (one: any) => one.subject,
      );
    assert.deepEqual(await search('quarterly'), ['Invoice', 'Quarterly report']);
    assert.deepEqual(await search('quarterly ubergrosse'), []);
    assert.deepEqual(await search('验证码'), ['登录验证码']);
    assert.deepEqual(await search('泄露'), ['登录验证码']);
    assert.deepEqual(await search('carol'), ['Invoice']);
    assert.deepEqual(await search('danvers carol'), ['Invoice']);
    assert.deepEqual(await search('quart'), ['Invoice', 'Quarterly report']);
    for (const hostile of ['"', "' or 1=1 --", 'a AND', 'NEAR(', '*', ':', '^x', '& | !', '<->']) {
      assert.equal(
        (await http.get(`/api/platform/mail/messages?search=${encodeURIComponent(hostile)}`)).status,
        200,
        hostile,
      );
    }
    assert.deepEqual(
      (await list('find@example.com', '&q=report')).map((one: any) => one.subject),
      ['Quarterly report'],
    );
    const stranger = await register(app);
    assert.deepEqual((await stranger.http.get('/api/platform/mail/messages?search=quarterly')).body.items, []);
    // What was deleted is not found any more.
    await http.delete('/api/emails?mailbox=find@example.com');
    assert.deepEqual(await search('quarterly'), ['Invoice']);
  });

  it('finds beginnings of words too, however many mails have them whole', async () => {
    const { db } = app.services;
    await deliver({
      to: 'words@example.com',
      subject: 'Plurals',
      text: `${Array.from({ length: 60 }, (_, index) => `mono${index}`).join(' ')} reports`,
    });
    await list('words@example.com');
    const row = await db.read('mail_messages').where({ subject: 'Plurals' }).first();
    assert.ok(row);
    const { id: _, ...copied } = row;
    const more = Array.from({ length: 260 }, () => ({ ...copied, subject: 'Plural' }));
    const copies = await db.write('mail_messages').insert(more).returning('*');
    await db.write('mail_contents').insert(copies.map(({ id }) => ({ message_id: id, text: '', html: '' })));
    const parsed = { subject: 'Plural', sender: '', words: 'report' };
    await db.transaction((trx) =>
      indexWords(
        trx,
        db.client,
        copies.map((one) => ({ row: one as never, parsed: parsed as never })),
      ),
    );
    const total = async (words: string): Promise<number> => {
      const path = `/api/platform/mail/messages?search=${encodeURIComponent(words)}&mailbox=words@example.com`;
      return (await http.get(path)).body.total.value;
    };
    const counts = [];
    for (const words of ['plural', 'report', 'report plurals', 'mono', 'mono7', 'report mono', 'monox']) {
      counts.push(await total(words));
    }
    assert.deepEqual(counts, [261, 261, 1, 1, 1, 1, 0]);
    await http.delete('/api/emails?mailbox=words@example.com');
  });

  it('puts answers into the thread of what they answer', async () => {
    await deliver({ to: 'talk@example.com', messageId: '<a@x>', subject: 'Lunch?', text: '1' });
    await deliver({
      to: 'talk@example.com',
      messageId: '<b@x>',
      inReplyTo: '<a@x>',
      references: '<a@x>',
      subject: 'Re: Lunch?',
      text: '2',
    });
    await deliver({
      to: 'talk@example.com',
      messageId: '<c@x>',
      references: '<a@x> <b@x>',
      subject: 'Re: Lunch?',
      text: '3',
    });
    await deliver({ to: 'talk@example.com', subject: 'Lunch?', text: 'another' });
    const all = await list('talk@example.com');
    const first = all.at(-1);
    assert.equal((await list('talk@example.com', `&thread=${first.id}`)).length, 3);
  });

  it('lists attachments and gives each by its place, under a harmless name', async () => {
    await deliver({
      to: 'files@example.com',
      subject: 'Files',
      text: 'See there.',
      attachments: [
        { filename: '../../etc/passwd', content: 'root' },
        { filename: 'page.html', content: '<script>alert(1)</script>', contentType: 'text/html' },
        { filename: 'naïve 漢字.png', content: PIXEL, contentType: 'image/png' },
      ],
    });
    const [mail] = await list('files@example.com');
    const { attachments } = (await http.get(`/api/platform/mail/messages/${mail.id}`)).body;
    assert.deepEqual(
      attachments.map((one: any) => one.filename),
      ['passwd', 'page.html', 'naïve 漢字.png'],
    );
    const get = (index: number) => http.get(`/api/platform/mail/messages/${mail.id}/attachments/${index}`);
    assert.equal((await get(0)).text, 'root');
    const page = await get(1);
    assert.equal(page.headers.get('content-type'), 'application/octet-stream');
    assert.match(page.headers.get('content-disposition') ?? '', /^attachment;/);
    const picture = await get(2);
    assert.equal(picture.headers.get('content-type'), 'image/png');
    assert.equal((await get(3)).status, 404);
    assert.equal((await http.get(`/api/platform/mail/messages/${mail.id}/attachments/..%2F0`)).status, 422);
  });

  it('makes HTML safe when asked, with images of the mail itself, and remote ones only through the proxy', async () => {
    const html = `<p onclick="evil()">Hi</p><script>evil()</script><iframe src="https://evil.example"></iframe>
      <form action="https://evil.example"><input name="password"></form><style>@import url(https://evil.example/x.css)</style>
      <a href="https://shop.example/path?a=1">here</a><a href="javascript:evil()">bad</a>
      <img src="cid:logo"><img src="${outsideUrl}/pixel.png" width="200" height="40"><img src="x" onerror="evil()">
      <div style="background:url(https://evil.example/t.gif); color: red">styled</div><svg><script>evil()</script></svg>`;
    await deliver({
      to: 'safe@example.com',
      subject: 'HTML',
      html,
      attachments: [{ cid: 'logo', filename: 'logo.png', content: PIXEL, contentType: 'image/png' }],
    });
    const [mail] = await list('safe@example.com');
    const raw = (await http.get(`/api/email/${mail.id}`)).body.html_content;
    assert.match(raw, /onclick/, 'as it came, unless asked');
    const clean = await http.get(`/api/email/${mail.id}?sanitize=1`);
    assert.equal(clean.status, 200, clean.text);
    const safe = clean.body.html_content;
    assert.doesNotMatch(safe, /script|onclick|onerror|iframe|<form|<input|javascript:|evil\.example|<style|url\(/i);
    assert.match(safe, /href="https:\/\/shop\.example\/path\?a=1" title="https:\/\/shop\.example\/path\?a=1"/);
    assert.match(safe, /color:\s*red/);
    assert.match(safe, /<img src="\/api\/platform\/mail\/messages\/\d+\/attachments\/0"/);
    assert.doesNotMatch(safe, /pixel\.png/);
    assert.match(safe, /src="data:image\/svg[^"]*width='200' height='40'[^"]*"/, 'its place is as large as it');
    const withImages = (await http.get(`/api/email/${mail.id}?sanitize=1&images=1`)).body.html_content;
    const proxied = /src="(\/api\/platform\/mail\/image[^"]+)"/.exec(withImages)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const image = await http.get(proxied);
    assert.equal(image.headers.get('content-type'), 'image/png');
    assert.equal((await http.get(proxied.replace('pixel.png', 'page.png'))).status, 403, 'no other address');
    assert.equal((await http.get(proxied.replace(/key=[^&]+/, 'key=x'))).status, 403, 'no open proxy');
    assert.equal((await app.http.get(proxied)).status, 401);
  });

  it('waits for a mail and gives its code, links and text', async () => {
    await http.post('/api/create', { local: 'wait' });
    const since = app.clock.now();
    const waiting = http.get(
      `/api/platform/mail/wait?mailbox=wait@example.com&from=shop&subject=code&since=${since}&timeout=20`,
    );
    await deliver({ to: 'wait@example.com', subject: 'something else', text: 'x' });
    await deliver({
      from: 'noreply@shop.example',
      to: 'wait@example.com',
      subject: 'Your code',
      text: 'Your verification code is 402913. https://shop.example/confirm?t=1',
    });
    const found = (await waiting).body;
    assert.equal(found.code, '402913');
    assert.deepEqual(found.links, ['https://shop.example/confirm?t=1']);
    assert.match(found.text, /402913/);
    const none = await http.get('/api/platform/mail/wait?mailbox=wait@example.com&subject=never&timeout=0');
    assert.deepEqual([none.status, none.body.code], [408, 'no_mail']);
    const stranger = await register(app);
    assert.equal((await stranger.http.get('/api/platform/mail/wait?mailbox=wait@example.com&timeout=0')).status, 404);
  });

  it('streams new mail to who may read it', async () => {
    const owner = await register(app);
    const stranger = await register(app);
    await owner.http.post('/api/create', { local: 'live' });
    const watch = (person: Person) =>
      openStream(`${app.url}/api/platform/live?topics=mail.received`, {
        authorization: `Bearer ${person.accessToken}`,
      });
    const own = await watch(owner);
    const other = await watch(stranger);
    await deliver({ to: 'live@example.com', subject: 'now', text: 'x' });
    await own.until(1);
    await stranger.http.post('/api/create', { local: 'live-too' });
    await deliver({ to: 'live-too@example.com', subject: 'theirs', text: 'x' });
    await other.until(1);
    const subjects = [own, other].map(({ data }) => data.map((event) => event.data.subject));
    assert.deepEqual(subjects, [['now'], ['theirs']]);
    own.close();
    other.close();
  });

  it('calls webhooks, signed, again until they answer', async () => {
    await http.post('/api/create', { local: 'hook' });
    calls.length = 0;
    const { secret, id } = (
      await http.post('/api/platform/mail/webhooks', { mailbox: 'hook@example.com', url: `${outsideUrl}/hook` })
    ).body;
    assert.match(secret, /^whsec_/);
    const listed = (await http.get('/api/platform/mail/webhooks?mailbox=hook@example.com')).body.items;
    assert.equal(listed[0].secret, undefined, 'the secret is shown once');
    await deliver({ to: 'hook@example.com', subject: 'call me', text: 'x' });
    await app.services.mailParseLoop.idle();
    await app.services.jobs.idle();
    await app.clock.advance(5_000);
    await app.services.jobs.idle();
    assert.equal(calls.length, 2, 'the first answer was an error');
    const [first, second] = calls;
    assert.equal(first?.headers['webhook-id'], second?.headers['webhook-id']);
    const event = new Webhook(secret).verify(second?.body ?? '', second?.headers ?? {}) as any;
    assert.deepEqual([event.type, event.data.subject], ['mail.received', 'call me']);
    assert.equal((await http.delete(`/api/platform/mail/webhooks/${id}`)).status, 204);
  });

  it('changes up to a thousand mailboxes at once, each with its own result', async () => {
    for (const local of ['one', 'two', 'three']) await http.post('/api/create', { local: `batch-${local}` });
    const addresses = ['batch-one@example.com', 'batch-two@example.com', 'missing@example.com'];
    const answer = (await http.post('/api/mailboxes/batch-toggle-login', { addresses, can_login: true })).body;
    assert.deepEqual([answer.success_count, answer.fail_count, answer.total], [2, 1, 3]);
    assert.deepEqual(answer.results[0], { address: 'batch-one@example.com', success: true, updated: true });
    assert.deepEqual(answer.results[2], { address: 'missing@example.com', success: false, error: '邮箱不存在' });
    const many = Array.from({ length: 1_001 }, (_, index) => index + 1);
    assert.equal(
      (await http.post('/api/mailboxes/batch-favorite', { mailbox_ids: many, is_favorite: true })).status,
      400,
    );
    assert.equal(
      (await http.post('/api/mailboxes/batch-favorite', { mailbox_ids: many.slice(1), is_favorite: true })).body.total,
      1_000,
    );
    const bad = await http.post('/api/mailboxes/batch-forward-by-address', {
      addresses,
      forward_to: 'x\r\nBcc: y@z.example',
    });
    assert.equal(bad.status, 400);
  });

  it('takes mail over HTTP from who holds the root token', async () => {
    const raw = 'From: a@b.example\nTo: received@example.com\nSubject: handed over\n\nCode: 5531 is your code\n';
    const posted = await http.send('POST', '/receive', raw, { 'content-type': 'message/rfc822' });
    assert.deepEqual(posted.body, { success: true });
    const [mail] = await list('received@example.com');
    assert.equal(mail.subject, 'handed over');
    const { text } = await http.get(`/api/email/${mail.id}/download`);
    assert.equal(text.slice(traceOf(text).length), raw.replaceAll('\n', '\r\n'));
    assert.match(text, /^Return-Path: <>\r\nReceived: from \[127\.0\.0\.1\] .*\r\n by example\.com with HTTP\r\n/);
    assert.equal((await http.post('/receive', { from: 'a@b.example', to: 'x@foreign.example', raw })).status, 400);
    assert.equal((await http.post('/receive', { to: 1 })).status, 400);
  });

  it('keeps mail only as long and as much as it is told', async () => {
    const small = await startPlatform({
      plugins: {
        auth: authConfig,
        mail: { mailboxTtl: 0, smtp: { port: 0 }, retention: { days: 7, messagesPerMailbox: 3 } },
      },
    });
    const root = small.http.bearer(ROOT_TOKEN);
    const subjects = async () =>
      (await root.get('/api/emails?mailbox=full@example.com')).body.map((one: any) => one.subject);
    for (let index = 1; index <= 5; index++) {
      await sendMail(small.services.smtpReceiver.port()!, {
        from: 'a@b.example',
        to: 'full@example.com',
        subject: `${index}`,
        text: 'x',
      });
    }
    await small.services.mailParseLoop.idle();
    assert.equal(await small.services.mailRetention.apply(), 2);
    assert.deepEqual(await subjects(), ['5', '4', '3']);
    await small.clock.advance(8 * 24 * 3600_000);
    await small.services.mailRetention.apply();
    assert.deepEqual(await subjects(), []);
    const blobs = await small.services.db.read('core_blobs').count({ n: '*' }).first();
    assert.equal(Number(blobs?.n), 0);
    await small.stop();
  });

  it('offers its abilities as functions for workflows', async () => {
    const { functions } = app.services;
    const owner = await register(app);
    const call = await callAs(app, owner, 'execution-1/do/0');
    const box = (await functions.call('mail.createMailbox', {}, call)) as { address: string };
    const again = (await functions.call('mail.createMailbox', {}, call)) as { address: string };
    assert.equal(box.address, again.address, 'a repeat makes no second one');
    const stranger = await register(app);
    const local = box.address.split('@')[0];
    const other = await callAs(app, stranger, 'execution-2/do/0');
    await assert.rejects(functions.call('mail.createMailbox', { local }, other), { code: 'address_taken' });
    assert.equal((await stranger.http.post('/api/create', { local })).status, 409);
    const waiting = functions.call('mail.waitFor', { mailbox: box.address, timeout_seconds: 10 }, call);
    await deliver({ to: box.address, subject: 'Hello', text: 'Your code: 992211', messageId: '<q@x>' });
    const { mail } = (await waiting) as any;
    assert.equal(mail.code, '992211');
    await assert.rejects(functions.call('mail.reply', { message_id: mail.id, text: 'Thanks' }, call), {
      code: 'may_not_send',
    });
    await allowSending(app, owner);
    const sent = (await functions.call('mail.reply', { message_id: mail.id, text: 'Thanks' }, call)) as { id: string };
    const row = await app.services.db.read('mail_sent').where({ uuid: sent.id }).first();
    assert.deepEqual(
      [row?.recipients, row?.subject, JSON.parse(row?.headers ?? '{}')['In-Reply-To']],
      ['ada@sender.example', 'Re: Hello', '<q@x>'],
    );
    const found = (await functions.call('mail.find', { mailbox: box.address, subject: 'hel' }, call)) as any;
    assert.equal(found.items.length, 1);
    const read = (await functions.call('mail.read', { message_id: mail.id }, call)) as any;
    assert.deepEqual([read.mailbox, read.subject, read.text.trim()], [box.address, 'Hello', 'Your code: 992211']);
    await assert.rejects(functions.call('mail.read', { message_id: mail.id }, other), { code: 'message_not_found' });
    await assert.rejects(functions.call('mail.find', { mailbox: 'wait@example.com' }, call), {
      code: 'mailbox_not_found',
    });
  });
});
