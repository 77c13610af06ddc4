/** Bots of Telegram as robots: what they hear is stored once, what is sent arrives once and in order. */
import assert from 'node:assert/strict';
import Type from 'typebox';
import type { ChannelPart } from '#plugins/robots/contract.ts';
import { register } from '#test/support/accounts.ts';
import { ownerOf, type RobotsPlatform, startRobots } from './support.ts';
import { startTelegram, type TelegramFake } from './telegram-fake.ts';

const TOKEN = '123456:secret-of-the-bot';
const PATH = '/api/platform/robots/channels/telegram';
const PATIENCE_MS = 30_000;
const ADA = { from: { id: 7, first_name: 'Ada' }, chat: { id: 7, type: 'private', first_name: 'Ada' } };

describe('telegram', () => {
  let telegram: TelegramFake;
  let app: RobotsPlatform;
  let robotId: string;
  let accessToken: string;
  beforeEach(async () => {
    telegram = await startTelegram(TOKEN);
    app = await start();
    const answer = await (await ownerOf(app)).http.post(PATH, { token: TOKEN });
    assert.equal(answer.status, 201, answer.text);
    assert.deepEqual([answer.body.name, answer.body.channel], ['Shop', 'telegram']);
    robotId = answer.body.robot_id;
    accessToken = (await ownerOf(app)).accessToken;
  });
  afterEach(async () => {
    await app.stop();
    await telegram.stop();
  });

  it('takes a bot once, by a token that Telegram knows and nobody can read', async () => {
    const { http } = await ownerOf(app);
    const again = await http.post(PATH, { token: TOKEN });
    assert.deepEqual([again.status, again.body.code], [409, 'CHANNEL_ACCOUNT_TAKEN']);
    const unknown = await http.post(PATH, { token: '1:nobody' });
    assert.deepEqual([unknown.status, unknown.body.code], [422, 'CHANNEL_REFUSED']);
    assert.equal(unknown.text.includes('nobody'), false);
    assert.equal((await http.post(PATH, { token: 'x/../y' })).status, 422);
    assert.equal((await http.post('/api/platform/robots/channels/pigeon', {})).status, 404);
    const rows = await app.services.db.read('robots_channel_robots');
    assert.equal(JSON.stringify(rows).includes('secret-of-the-bot'), false);
  });

  it('is listed with its state and with what is wrong, and is free again once it is deleted', async () => {
    const { http } = await ownerOf(app);
    const list = async () => (await http.get('/api/platform/robots/channels/robots')).body.items;
    await until(async () => (await list())[0].status === 'online');
    const [{ id, name, channel, problem, configured }] = await list();
    assert.deepEqual([id, name, channel, problem, configured], [robotId, 'Shop', 'telegram', '', null]);
    await app.services.db.write('robots_channel_robots').update({ problem: 'Unauthorized' });
    assert.equal((await list())[0].problem, 'Unauthorized');
    const stranger = await register(app);
    assert.deepEqual((await stranger.http.get('/api/platform/robots/channels/robots')).body.items, []);
    assert.equal((await http.delete(`/api/platform/robots/robots/${robotId}`)).status, 204);
    assert.deepEqual(await list(), []);
    assert.equal((await http.post(PATH, { token: TOKEN })).status, 201);
    assert.equal((await list()).length, 1);
  });

  it('is nobody’s phone: no code gives it a token, with which anybody could say to be Ada', async () => {
    const person = await ownerOf(app);
    const tenantId = person.tenantId;
    const now = app.clock.now();
    const code = { code: 'ABCDEFGH', tenant_id: tenantId, status: 'unused', validity_days: 30, created_at: now };
    await app.services.db.write('robots_codes').insert(code as never);
    const wish = { code: code.code, robotId, deviceInfo: { deviceId: 'phone-1', model: 'm' } };
    const answer = await app.http.post('/api/robot-ids/activate', wish);
    assert.deepEqual([answer.status, answer.body.data?.token], [404, undefined], answer.text);
  });

  it('hears texts and photos once, and tells people of one name apart', async () => {
    const id = telegram.write({ ...ADA, text: 'hello' });
    telegram.write({ from: { id: 8, first_name: 'Ada' }, chat: { id: 8, type: 'private' }, text: 'hello too' });
    telegram.repeat(id);
    telegram.files.set(
      'p1',
      Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      ),
    );
    telegram.write({
      ...ADA,
      chat: { id: -5, type: 'group', title: 'Team' },
      caption: 'look',
      photo: [{ file_id: 'p1' }],
    });
    telegram.write({ from: 'nonsense' });
    await until(async () => (await messages()).length === 3);
    const [first, second, third] = await messages();
    assert.deepEqual([first.person, first.spoken, first.text_type], ['Ada', 'hello', 1]);
    assert.deepEqual([second.person, second.spoken], ['Ada #8', 'hello too']);
    assert.deepEqual([third.person, third.group_name, third.spoken, third.text_type], ['Ada', 'Team', 'look', 2]);
    assert.equal(third.media_type, 'image/png');
  });

  it('sends to who has written: Markdown as plain text, what is long in parts, pictures by their address', async () => {
    await hearAda();
    const long = `${'word '.repeat(1_700)}end`;
    const ids = [await send({ content: '**Hello** _Ada_' }), await send({ content: long })];
    ids.push(await send({ type: 'image', fileUrl: 'https://example.com/a.png' }));
    await until(async () => (await statuses(ids)).every((status) => status === 'succeeded'));
    assert.deepEqual(telegram.sent[0], { method: 'sendMessage', chat_id: '7', text: 'Hello Ada' });
    const parts = telegram.sent.slice(1, -1).map(({ text }) => String(text));
    assert.equal(parts.join(' '), long);
    assert.ok(parts.every((part) => part.length <= 4_096));
    assert.deepEqual(telegram.sent.at(-1), {
      method: 'sendPhoto',
      chat_id: '7',
      photo: 'https://example.com/a.png',
      caption: '',
    });
    const stranger = await send({ titleList: ['Nobody'], content: 'x' });
    await until(async () => (await statuses([stranger]))[0] === 'failed');
  });

  it('is spoken to in a group by its name, by an answer, and by a command to it', async () => {
    const group = { ...ADA, chat: { id: -9, type: 'supergroup', title: 'Club' } };
    const entity = (type: string, length: number, more: object = {}) => [{ type, offset: 0, length, ...more }];
    const said: [boolean, object][] = [
      [true, { text: '@shopbot are you open?', entities: entity('mention', 8) }],
      [true, { text: 'and now?', reply_to_message: { message_id: 1, from: { id: 123_456 } } }],
      [true, { text: '/hours@ShopBot', entities: entity('bot_command', 14) }],
      [true, { text: 'Shop, well?', entities: entity('text_mention', 4, { user: { id: 123_456 } }) }],
      [true, { caption: '@ShopBot look', caption_entities: entity('mention', 8), photo: [] }],
      [false, { text: '@OtherBot hello', entities: entity('mention', 9) }],
      [false, { text: 'ShopBot is a word', reply_to_message: { message_id: 1, from: { id: 7 } } }],
      [false, { text: '/hours', entities: entity('bot_command', 6) }],
    ];
    for (const [, message] of said) telegram.write({ ...group, ...message });
    await until(async () => (await messages()).length === said.length);
    assert.deepEqual(
      (await messages()).map(({ at_me }) => at_me === 1),
      said.map(([isAtMe]) => isAtMe),
    );
  });

  it('sends all of what goes with a picture, as far as fits beneath it and the rest behind', async () => {
    await hearAda();
    const content = `${'🙂 word '.repeat(280)}end`;
    const id = await send({ type: 'image', fileUrl: 'https://example.com/a.png', content });
    await until(async () => (await statuses([id]))[0] === 'succeeded');
    assert.deepEqual(
      telegram.sent.map(({ method }) => method),
      ['sendPhoto', 'sendMessage'],
    );
    const [{ caption }, { text }] = telegram.sent as [any, any];
    assert.ok(caption.length <= 1_024 && caption.length > 500);
    assert.equal(`${caption} ${text}`, content);
  });

  it('waits as long as Telegram asks, and nothing overtakes; what is refused has failed', async () => {
    await hearAda();
    telegram.refusals.push({ error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 30 } });
    const ids = [await send({ content: 'one' }), await send({ content: 'two' })];
    await until(async () => telegram.refusals.length === 0);
    await app.clock.advance(25_000);
    assert.deepEqual(telegram.sent, []);
    await app.clock.advance(6_000);
    await until(async () => (await statuses(ids)).every((status) => status === 'succeeded'));
    assert.deepEqual(
      telegram.sent.map(({ text }) => text),
      ['one', 'two'],
    );
    telegram.refusals.push({ error_code: 403, description: 'Forbidden: bot was blocked by the user' });
    const blocked = await send({ content: 'three' });
    await until(async () => (await statuses([blocked]))[0] === 'failed');
    const row = await app.services.db.write('robots_commands').where({ command_id: blocked }).first();
    assert.equal(JSON.parse(row?.result ?? '{}').errorReason, 'Forbidden: bot was blocked by the user');
  });

  it('is taken over from a process that is gone, also where its clock was a year ahead', async () => {
    const { db, channelRunner } = app.services;
    const row = () => db.write('robots_channel_robots').first();
    const year = 365 * 24 * 3600_000;
    await db.write('robots_channel_robots').update({ leased_by: 'gone', leased_until: app.clock.now() + year });
    await channelRunner.poll();
    assert.notEqual((await row())?.leased_by, 'gone');
    await db.write('robots_channel_robots').update({ leased_by: 'other', leased_until: app.clock.now() + 20_000 });
    await channelRunner.poll();
    assert.equal((await row())?.leased_by, 'other');
  });

  it('goes on where it was after a restart, with what was said and sent meanwhile', async () => {
    await hearAda();
    await until(async () => telegram.offsets.at(-1) === 101);
    const polls = telegram.offsets.length;
    const restarted = app.restart();
    telegram.write({ ...ADA, text: 'are you there?' });
    app = await restarted;
    await until(async () => (await messages()).length === 2);
    assert.ok(telegram.offsets.slice(polls).every((offset) => offset >= 101));
    const id = await send({ content: 'here again' });
    await until(async () => (await statuses([id]))[0] === 'succeeded');
    assert.equal(telegram.sent.length, 1);
  });

  it('makes the bots of the configuration', async () => {
    const other = await startTelegram('9:configured');
    const own = await start({ apiBase: other.url, bots: { shop: { token: '9:configured', tenant: 'some-tenant' } } });
    try {
      other.write({ ...ADA, text: 'hello' });
      await until(async () => (await own.services.db.write('robots_messages')).length === 1, own);
      const [robot] = await own.services.db.read('robots_robots');
      assert.deepEqual([robot?.name, robot?.tenant_id, robot?.is_online], ['shop', 'some-tenant', 1]);
    } finally {
      await own.stop();
      await other.stop();
    }
  });

  it('is one of the networks that plugins bring', async () => {
    const parts: ChannelPart[] = [];
    app.services.robotChannels.add({
      name: 'pigeon',
      summary: 'Pigeons',
      textLimit: 10,
      showsMarkdown: true,
      config: Type.Object({ loft: Type.String() }),
      identify: async ({ loft }) => ({ account: String(loft), name: 'Loft' }),
      start({ config, receive }) {
        const person = { name: 'Bo', address: 'roof' };
        void receive(
          { id: '1', person, group: null, text: String(config.loft), textType: 1, isAtMe: true, file: null },
          '1',
        );
        const send = async (part: ChannelPart) => {
          parts.push(part);
          return { kind: 'sent' as const };
        };
        return { send, stop: async () => {} };
      },
    });
    const { http } = await ownerOf(app);
    assert.equal((await http.post('/api/platform/robots/channels/pigeon', { wing: 'x' })).status, 422);
    const made = await http.post('/api/platform/robots/channels/pigeon', { loft: 'north' });
    assert.equal(made.status, 201, made.text);
    await until(async () => (await messages()).length === 1);
    const id = await send({ robotId: made.body.robot_id, titleList: ['Bo'], content: '*one* two three' });
    await until(async () => (await statuses([id]))[0] === 'succeeded');
    assert.deepEqual(
      parts.map(({ address, text }) => [address, text]),
      [
        ['roof', '*one* two'],
        ['roof', 'three'],
      ],
    );
  });

  function start(telegramConfig: object = { apiBase: telegram.url }): Promise<RobotsPlatform> {
    return startRobots({
      plugins: { robots: { requestsPerMinute: 0, telegram: telegramConfig } },
      config: { http: { outbound: { allow: ['127.0.0.1'] } } },
    });
  }

  async function hearAda(): Promise<void> {
    telegram.write({ ...ADA, text: 'hello' });
    await until(async () => (await messages()).length === 1);
  }

  async function send(more: object): Promise<string> {
    const body = { robotId, type: 'text', titleList: ['Ada'], ...more };
    const answer = await app.http.bearer(accessToken).post('/api/robot/send-message', body);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.data.commandId;
  }

  async function messages(): Promise<any[]> {
    return app.services.db
      .write('robots_messages as own')
      .join('robots_conversations as place', 'place.id', 'own.conversation')
      .where({ 'own.direction': 'in' })
      .orderBy('own.id')
      .select('own.*', 'place.person', 'place.group_name');
  }

  async function statuses(ids: string[]): Promise<string[]> {
    const rows = await app.services.db.write('robots_commands').whereIn('command_id', ids);
    return rows.map(({ status }) => status);
  }

  /** What happens between the process and the network is waited for, while time goes on slowly. */
  async function until(isSo: () => Promise<boolean>, on = app): Promise<void> {
    for (const end = Date.now() + PATIENCE_MS; !(await isSo()); ) {
      assert.ok(Date.now() < end, 'It has not come to that');
      await new Promise((resolve) => setTimeout(resolve, 20));
      await on.clock.advance(100);
    }
  }
});
