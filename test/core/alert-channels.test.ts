/** Alerts reach a chat of Telegram, can be paused and tried, and say how they stand, on both databases. */
import assert from 'node:assert/strict';
import { takeWarnings } from '#core/testing/warnings.ts';
import { startTelegram, type TelegramFake } from '#test/plugins/robots/telegram-fake.ts';
import { authConfig, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';

const MINUTE_MS = 60_000;
const PATH = '/api/platform/alerts';
const TOKEN = '77:secret-of-the-alarm-bot';
const CHAT = '-1001234';

describe('ways on which alerts leave', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let telegram: TelegramFake;
  let relay: MailServer;

  before(async () => {
    telegram = await startTelegram(TOKEN);
    relay = await startMailServer();
    app = await startPlatform({
      plugins: { auth: authConfig },
      config: {
        alerts: { to: ['ops@example.org'], telegram: { token: TOKEN, chatId: CHAT, apiBase: telegram.url } },
        mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } },
      },
    });
  });
  after(async () => {
    await app.stop();
    await telegram.stop();
    await relay.close();
    takeWarnings();
  });
  beforeEach(() => {
    telegram.sent.length = 0;
  });

  async function minutes(count: number): Promise<void> {
    for (let minute = 0; minute < count; minute++) {
      await app.clock.advance(MINUTE_MS);
      await app.platform.cron.runDue();
    }
    await app.services.jobs.idle();
  }
  async function die(): Promise<void> {
    const { db, jobs, clock } = app.services;
    const runAt = clock.now() + 365 * 86_400_000;
    await db.transaction((trx) => jobs.enqueue(trx, 'core.forgetOperations', { tenantid: 'x' }, { runAt }));
    await db.write('core_jobs').where({ name: 'core.forgetOperations' }).update({ state: 'dead', attempts: 10 });
  }
  /** Time is moved by hours, which tokens do not outlive. */
  const admin = async () => (await signInAdmin(app)).http;
  const revive = () => app.services.db.write('core_jobs').where({ state: 'dead' }).delete();
  const stateOf = async (name: string) =>
    (await (await admin()).get(PATH)).body.items.find((one: { name: string }) => one.name === name);
  const pause = async (until: number | null, names = ['dead-jobs']) =>
    (await admin()).post(`${PATH}/pause`, { names, until });
  const lastText = () => String(telegram.sent.at(-1)?.text);
  const tested = async (channel: string) => (await (await admin()).post(`${PATH}/test`, { channel })).body.findings;

  it('tell a chat what holds and that it is over, in Telegram’s own words', async () => {
    await die();
    await minutes(7);
    assert.equal(telegram.sent.length, 1);
    const { method, chat_id, text, link_preview_options } = telegram.sent[0] ?? { method: '' };
    assert.deepEqual([method, chat_id, link_preview_options], ['sendMessage', CHAT, { is_disabled: true }]);
    assert.match(String(text), /^🔴 Jobs have failed\n\n1 jobs have failed[\s\S]*\/jobs\?state=dead$/);
    assert.equal((await stateOf('dead-jobs')).is_told, true);
    await revive();
    await minutes(2);
    assert.match(lastText(), /^✅ No failed jobs are left/);
    const { since, is_told } = await stateOf('dead-jobs');
    assert.deepEqual([since, is_told], [null, false]);
  });

  it('are tried again when Telegram asks to wait', async () => {
    await minutes(60);
    telegram.refusals.push({ error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 3 } });
    await die();
    await minutes(12);
    assert.deepEqual(
      telegram.sent.map(({ chat_id }) => chat_id),
      [CHAT],
    );
    await revive();
    await minutes(2);
    takeWarnings();
  });

  it('say nothing while somebody has paused them, and what still holds afterwards', async () => {
    await minutes(60);
    const until = app.clock.now() + 30 * MINUTE_MS;
    const answer = await pause(until);
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await stateOf('dead-jobs')).paused_until, until);
    await die();
    await minutes(28);
    assert.deepEqual(telegram.sent, []);
    await minutes(4);
    assert.deepEqual([telegram.sent.length, (await stateOf('dead-jobs')).paused_until], [1, null]);
    await pause(app.clock.now() + 60 * MINUTE_MS);
    await revive();
    await minutes(2);
    assert.match(lastText(), /^✅/);
    await pause(null);
    assert.equal((await stateOf('dead-jobs')).paused_until, null);
  });

  it('are paused for what there is, and for a year at most', async () => {
    assert.equal((await pause(null, ['dead-jobs', 'no-such'])).status, 404);
    assert.equal((await pause(app.clock.now() + 400 * 86_400_000)).status, 422);
    assert.equal((await pause(null, [])).status, 422);
  });

  it('are tried one by one, and say what really happened', async () => {
    assert.deepEqual(await tested('telegram'), [{ ok: true, text: `Telegram took a message for the chat ${CHAT}` }]);
    assert.match(lastText(), /This is a test/);
    telegram.refusals.push({ error_code: 400, description: 'Bad Request: chat not found' });
    assert.deepEqual(await tested('telegram'), [{ ok: false, text: 'Bad Request: chat not found' }]);
    assert.deepEqual(await tested('mail'), [{ ok: true, text: 'Mail for ops@example.org was handed over' }]);
    assert.ok((await relay.has(1)).some(({ to }) => to.includes('ops@example.org')));
    assert.deepEqual(await tested('webhook'), [{ ok: false, text: 'There is no webhook to call' }]);
    assert.equal((await (await admin()).post(`${PATH}/test`, { channel: 'pigeon' })).status, 422);
  });

  it('show where they lead in the language of who asks, and never the token', async () => {
    const { body, text } = await (await admin()).get(PATH, { 'accept-language': 'zh' });
    assert.equal(body.items.find((one: { name: string }) => one.name === 'disk-full').title, '磁盘空间即将用尽');
    assert.deepEqual(body.channels, [
      { channel: 'mail', leads_to: ['ops@example.org'] },
      { channel: 'telegram', leads_to: [CHAT] },
      { channel: 'webhook', leads_to: [] },
    ]);
    assert.equal(text.includes('secret-of-the-alarm-bot'), false);
    const settings = await (await admin()).get('/api/platform/server/settings/alerts');
    assert.equal(settings.text.includes('secret-of-the-alarm-bot'), false);
  });

  it('are super-admins’ alone', async () => {
    const stranger = await register(app);
    assert.equal((await stranger.http.get(PATH)).status, 403);
    assert.equal((await stranger.http.post(`${PATH}/test`, { channel: 'telegram' })).status, 403);
    assert.equal((await stranger.http.post(`${PATH}/pause`, { names: ['dead-jobs'], until: null })).status, 403);
  });
});

describe('alerts set up in the pages', function () {
  this.timeout(60_000);

  it('keep the token of the bot sealed, and send it to no other address than it was entered for', async () => {
    const telegram = await startTelegram(TOKEN);
    const app = await startPlatform({ plugins: { auth: authConfig } });
    const { http } = await signInAdmin(app);
    const path = '/api/platform/server/settings/alerts';
    const values = { 'alerts.telegram': { token: TOKEN, chatId: CHAT, apiBase: telegram.url } };
    const tried = await http.post(`${path}/test`, { values });
    assert.deepEqual(tried.body.findings, [{ ok: true, text: `Telegram took a message for the chat ${CHAT}` }]);
    const saved = await http.patch(path, { values });
    assert.equal(saved.status, 200, saved.text);
    const rows = await app.services.db.read('core_settings').where({ area: 'alerts' });
    assert.equal(JSON.stringify(rows).includes('secret-of-the-alarm-bot'), false);
    const elsewhere = { token: '(hidden)', chatId: CHAT, apiBase: 'http://127.0.0.1:9' };
    const stolen = await http.patch(path, { values: { 'alerts.telegram': elsewhere } });
    assert.equal(stolen.status, 422, stolen.text);
    const other = { token: '(hidden)', chatId: '42', apiBase: telegram.url };
    assert.equal((await http.patch(path, { values: { 'alerts.telegram': other } })).status, 200);
    await http.post(`${PATH}/test`, { channel: 'telegram' });
    assert.equal(telegram.sent.at(-1)?.chat_id, '42');
    const without = await http.patch(path, { values: { 'alerts.telegram': { ...other, chatId: '' } } });
    assert.match(without.text, /needs chatId/);
    await app.stop();
    await telegram.stop();
  });
});
