/** Types of events are told to who may see them, with what they carry. */
import assert from 'node:assert/strict';
import { authConfig, keyOf, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const PATH = '/api/platform/event-types';

describe('types of events', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, mail: {}, robots: {} } });
  });
  after(() => app.stop());

  it('are those that somebody may see', async () => {
    const person = await register(app);
    const typesOf = async (http: typeof app.http): Promise<string[]> =>
      (await http.get(PATH)).body.items.map(({ type }: { type: string }) => type);
    assert.equal((await app.http.get(PATH)).status, 401);
    const all = await typesOf((await signInAdmin(app)).http);
    const own = await typesOf(person.http);
    const mail = await typesOf(app.http.with(await keyOf(person, ['mail:read'])));
    assert.ok(all.includes('tenant.created') && !own.includes('tenant.created'));
    assert.ok(own.includes('mail.received') && own.includes('robot.message'));
    assert.ok(mail.includes('mail.received') && !mail.includes('robot.message'), mail.join(', '));
  });

  it('come with the schema of what they carry', async () => {
    const { items } = (await (await register(app)).http.get(PATH)).body;
    const { plugin, payload } = items.find(({ type }: { type: string }) => type === 'mail.received');
    assert.equal(plugin, 'mail');
    assert.deepEqual(payload.properties.subject, { type: 'string' });
  });
});
