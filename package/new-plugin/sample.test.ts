/** sample: notes are kept once, counted, found, changed by one at a time, remembered in time, and gone with their people. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  authConfig,
  catchMails,
  keyOf,
  type Person,
  register,
  signIn,
  startPlatform,
  type TestPlatform,
} from 'patchbay-platform/testing';
import type { SampleScope } from './scope.ts';

const PLUGIN = fileURLToPath(new URL('.', import.meta.url));
const NOTES = '/api/platform/sample/notes';

describe('the plugin sample', () => {
  let app: TestPlatform<SampleScope>;
  let ada: Person;
  before(async () => {
    const billing = { defaultPlan: 'self-hosted' };
    app = await startPlatform<SampleScope>({ plugins: { auth: authConfig, billing, [PLUGIN]: { maxLength: 20 } } });
    ada = await register(app, 'ada');
  });
  after(() => app.stop());

  const texts = async (query = '', of = ada): Promise<string[]> =>
    (await of.http.get(`${NOTES}${query}`)).body.items.map(({ text }: { text: string }) => text);

  it('keeps a note once, and shows it to its tenant alone', async () => {
    const key = { 'idempotency-key': 'once' };
    const first = await ada.http.post(NOTES, { text: 'Buy milk' }, key);
    const again = await ada.http.post(NOTES, { text: 'Buy milk' }, key);
    assert.deepEqual([first.status, again.body], [201, first.body]);
    assert.equal((await app.services.usage.level(ada.tenantId, 'sample_notes')).used, 1);
    assert.deepEqual(await texts(), ['Buy milk']);
    const eve = await register(app, 'eve');
    assert.deepEqual(await texts('', eve), []);
    assert.equal((await eve.http.delete(`${NOTES}/${first.body.id}`)).status, 404);
    assert.equal((await app.http.get(NOTES)).status, 401);
    const narrow = app.http.with(await keyOf(ada, ['sample:read']));
    assert.equal((await narrow.post(NOTES, { text: 'Mine' })).status, 403);
  });

  it('refuses a note that is too long', async () => {
    const { status, body } = await ada.http.post(NOTES, { text: 'x'.repeat(21) });
    assert.deepEqual([status, body.code, body.max_length], [422, 'too_long', 20]);
  });

  it('finds, and gives pages', async () => {
    for (const text of ['Call Bob', '100% sure']) await ada.http.post(NOTES, { text });
    assert.deepEqual(await texts('?search=0%25'), ['100% sure']);
    const first = await ada.http.get(`${NOTES}?limit=2`);
    assert.equal(first.body.total.value, 3);
    assert.deepEqual(await texts(`?limit=2&cursor=${first.body.next_cursor}`), ['Buy milk']);
  });

  it('tells the second of two who change the same note', async () => {
    const [note] = (await ada.http.get(NOTES)).body.items;
    const change = (text: string) =>
      ada.http.patch(`${NOTES}/${note.id}`, { text }, { 'if-match': `"${note.version}"` });
    assert.equal((await change('Very sure')).status, 200);
    assert.equal((await change('Not sure')).status, 412);
  });

  it('announces what is added, by a function too, and lets a hook change it', async () => {
    const recording = await app.record(/^sample\.added$/);
    app.services.hooks.add('sample.adding', async (context, next) => {
      (context as { text: string }).text = (context as { text: string }).text.trim();
      await next();
    });
    const { body } = await ada.http.post('/api/platform/functions/sample.add', { input: { text: '  Rest  ' } });
    assert.equal((await texts())[0], 'Rest');
    const seen = await recording.all();
    assert.deepEqual(
      seen.map(({ data }) => data),
      [body.output],
    );
  });

  it('reminds its writer when the time has come', async () => {
    const mails = catchMails(app);
    const remind_at = new Date(app.clock.now() + 3600_000).toISOString();
    await ada.http.post(NOTES, { text: 'Go home', remind_at });
    await app.platform.cron.runDue();
    await app.services.jobs.idle();
    assert.equal(mails.length, 0);
    await app.clock.advance(3600_000);
    await app.platform.cron.runDue();
    await app.services.jobs.idle();
    assert.deepEqual(
      mails.map(({ to, text }) => [to, text]),
      [['ada@example.org', 'Go home']],
    );
  });

  it('hands out what it keeps of a person, and forgets them', async () => {
    // An hour has passed: the token is over.
    ada = await signIn(app, ada.email, ada.password);
    const { body } = await ada.http.get('/api/platform/auth/export');
    const section = 'sample';
    assert.equal(body[section].length, (await texts()).length);
    assert.equal((await ada.http.delete('/api/v2/users/me')).status, 204);
    await app.services.jobs.idle();
    assert.deepEqual(await app.services.db.read('sample_notes'), []);
    assert.equal((await app.services.usage.level(ada.tenantId, 'sample_notes')).used, 0);
  });
});
