/** Files of licences as they come from other shops and spreadsheets: large, foreign, hostile, and of two vendors at once. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { BASE, EMAIL, STATIC_KEY } from './support.ts';

const HEAD = 'activation_code,email,plan';

describe('a file of licences', () => {
  let app: TestPlatform;
  let admin: Client;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY, customerMail: { onIssue: false } } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    admin = app.http.apiKey(STATIC_KEY);
  });
  after(() => app.stop());

  const send = (body: string | Buffer, who: Client = admin) =>
    who.send('POST', `${BASE}/import`, body, { 'content-type': 'text/csv' });
  const problems = async (body: string | Buffer) => {
    const answer = await send(body);
    assert.deepEqual([answer.status, answer.body.code], [422, 'INVALID_CSV'], answer.text);
    return answer.body.lines as { line: number; message: string }[];
  };
  const stored = (code: string) => app.services.db.read('licensing_licences').where({ code }).orderBy('id');

  it('of millions of wrong lines is refused at its first fifty, while others are served', async () => {
    const file = `activation_code,email,plan\n${'a,,\n'.repeat(2_000_000)}`;
    let others = 0;
    const refusal = problems(file).finally(() => {
      others += 0.5;
    });
    while (Number.isInteger(others)) {
      assert.equal((await app.http.get('/health')).status, 200);
      others++;
    }
    assert.equal((await refusal).length, 50);
    assert.ok(others > 1, 'nobody was served meanwhile');
  }).timeout(30_000);

  it('leaves nothing on the disk, refused or taken in', async () => {
    const files = async () =>
      (await readdir(join(app.dataDir, 'files'), { recursive: true, withFileTypes: true })).filter((one) =>
        one.isFile(),
      );
    const before = (await files()).length;
    await problems(`nothing,here\n${'x,y\n'.repeat(200_000)}`);
    const blank = '\n'.repeat(400_000);
    assert.equal((await send(`${HEAD}\nkept,${EMAIL},yearly${blank}`)).status, 200);
    assert.equal((await files()).length, before);
  });

  it('has a limit of lines, and of one line', async () => {
    const many = `${HEAD}\n${Array.from({ length: 100_001 }, (_, n) => `code-${n},${EMAIL},yearly`).join('\n')}`;
    const [first, ...more] = await problems(many);
    assert.match(first!.message, /more than 100000 lines/);
    assert.equal(more.length, 0);
    assert.match((await problems(`${HEAD}\n"${'x'.repeat(100_000)}`))[0]!.message, /max_record_size|size/i);
    assert.equal((await stored('CODE0')).length, 0, 'nothing was written');
  }).timeout(30_000);

  it('waits for its turn, and is refused when five of the same tenant are there', async () => {
    const lines = Array.from({ length: 300 }, (_, n) => `turn-${n},${EMAIL},yearly`);
    const file = `${HEAD}\n${lines.join('\n')}`;
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(file)));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 1 && refused.length <= 7, String(refused.length));
    assert.equal(refused[0]!.body.code, 'IMPORT_RUNNING');
    assert.equal((await send(file)).body.skipped, 300);
  });

  it('names times in UTC, with the year first, whatever the zone of the server', async () => {
    const head = `${HEAD},valid_until`;
    const zone = process.env.TZ;
    process.env.TZ = 'America/New_York';
    try {
      const good = ['2027-02-01', '2027-02-01T00:00:00', '2027-02-01 00:00', '2027-02-01T01:00:00+01:00'];
      const lines = good.map((time, n) => `times-${n},${EMAIL},yearly,${time}`);
      assert.equal((await send(`${head}\n${lines.join('\n')}`)).status, 200);
      for (const [n] of good.entries()) {
        const [row] = await stored(`TIMES${n}`);
        assert.equal(new Date(Number(row!.valid_until)).toISOString(), '2027-02-01T00:00:00.000Z', good[n]);
      }
      for (const time of ['01/02/2027', '5', '2027-02-30', 'tomorrow']) {
        assert.match((await problems(`${head}\nbad-1,${EMAIL},yearly,${time}`))[0]!.message, /is not a time/, time);
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it('may come from a spreadsheet of another habit, and says what it cannot read, and where', async () => {
    assert.equal((await send(`\uFEFFactivation_code;email;plan\nsemi-0001;${EMAIL};yearly`)).body.imported, 1);
    assert.equal((await send(`activation_code\temail\tplan\ntabs-0001\t${EMAIL}\tyearly`)).body.imported, 1);
    const gbk = Buffer.concat([Buffer.from(`${HEAD},user_hint\ngbk-0001,${EMAIL},yearly,`), Buffer.from([0xd6, 0xd0])]);
    assert.match((await problems(gbk))[0]!.message, /not UTF-8/);
    assert.match((await problems(Buffer.from(`\uFEFF${HEAD}\n`, 'utf16le')))[0]!.message, /UTF-16/);
    const [missing] = await problems(`activation_code,mail,plan\nabcd-1,${EMAIL},yearly`);
    assert.deepEqual(missing, { line: 1, message: 'the column email is missing' });
    const wrong = await problems(`${HEAD}\n\n\nabcd-1,${EMAIL},yearly\n\nabcd-2,nobody,yearly\n`);
    assert.deepEqual(
      wrong.map(({ line }) => line),
      [6],
    );
  });

  it('that comes slowly keeps nobody waiting', async () => {
    const slow = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { accessToken } = await register(app);
        const headers = {
          authorization: `Bearer ${accessToken}`,
          'content-type': 'text/csv',
          'content-length': '100000',
        };
        const upload = request(`${app.url}${BASE}/import`, { method: 'POST', headers });
        upload.on('error', () => {});
        upload.write(`${HEAD}\n`);
        return upload;
      }),
    );
    const vendor = await register(app);
    assert.equal((await send(`${HEAD}\nquick-1,${EMAIL},yearly`, vendor.http)).body.imported, 1);
    for (const upload of slow) upload.destroy();
  });

  it('of one vendor keeps no code from another', async () => {
    const vendor: Person = await register(app);
    const thief: Person = await register(app);
    const line = (plan: string, cap: number) => `${HEAD},device_cap\nOLDSHOP-0001,${EMAIL},${plan},${cap}`;
    assert.equal((await send(line('lifetime', 1000), thief.http)).body.imported, 1);
    assert.deepEqual((await send(line('monthly', 1), vendor.http)).body, { imported: 1, skipped: 0 });
    assert.deepEqual((await send(line('monthly', 1), vendor.http)).body, { imported: 0, skipped: 1 });
    const verify = async (more: object) =>
      (await app.http.post('/api/verify', { activation_code: 'oldshop0001', email: EMAIL, ...more })).body;
    assert.equal((await verify({ tenant_id: vendor.tenantId })).licenseType, 'monthly');
    assert.equal((await verify({ tenant_id: thief.tenantId })).licenseType, 'lifetime');
    assert.equal((await verify({})).code, 'INVALID_LICENSE');
    // The platform's licences and those of the operator's tenant open the same programs.
    const operator = (await signInAdmin(app)).http;
    assert.equal((await send(line('yearly', 2), operator)).body.imported, 1);
    assert.deepEqual((await send(line('lifetime', 9))).body, { imported: 0, skipped: 1 });
    assert.equal((await verify({})).licenseType, 'yearly');
  });
});
