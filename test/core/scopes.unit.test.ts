/** What a plugin sees of the services: the platform's, the public ones of what it requires, its own, and nothing else. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MailScope } from '#plugins/mail/scope.ts';
import { startPlatform } from '#test/support/harness.ts';

describe('the scope of a plugin', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patchbay-scopes-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** A plugin with this in its definition; gives its key for the configuration. */
  async function plugin(name: string, parts: string): Promise<string> {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'index.js'), `export default { name: '${name}', summary: 's', ${parts} };\n`);
    return join(folder, name);
  }

  /** Its start is refused with this. */
  async function refused(keys: readonly string[], sentence: RegExp): Promise<void> {
    const plugins = Object.fromEntries(keys.map((key) => [key, {}]));
    await assert.rejects(
      startPlatform({ plugins: { auth: {}, mail: { smtp: { port: 0 } }, ...plugins } }),
      (error: Error) => sentence.test(error.message),
    );
  }

  it('holds its own services, by names that others use inside too', async () => {
    const seen = 'start: async (services) => { globalThis.seen = services; }';
    const own = await plugin('namesake', `services: { outbox: ({ db }) => ({ mine: db.client }) }, ${seen}`);
    const app = await startPlatform({ plugins: { auth: {}, mail: { smtp: { port: 0 } }, [own]: {} } });
    const { outbox } = (globalThis as unknown as { seen: { outbox: { mine: string } } }).seen;
    assert.deepEqual(outbox, { mine: app.services.db.client });
    const mail = app.platform.scopes.get('mail') as MailScope;
    assert.equal(typeof mail.outbox.send, 'function', 'mail still sees its own');
    await app.stop();
  });

  it('holds public services of what it requires, and of nothing else', async () => {
    const without = await plugin('without', 'services: { mine: ({ accounts }) => accounts.principalOf }');
    await refused(
      [without],
      /'without' cannot build its service 'mine'.*'accounts'.*of the plugin 'auth': name it in/s,
    );
    const asks = "requires: ['auth'], services: { mine: ({ accounts }) => accounts.principalOf }";
    const app = await startPlatform({ plugins: { auth: {}, [await plugin('with', asks)]: {} } });
    await app.stop();
  });

  it('names the service that is nearly spelt so', async () => {
    const misspelt = await plugin(
      'misspelt',
      'services: { outer: ({ inner }) => inner.x, inner: ({ usages }) => usages.level }',
    );
    await refused(
      [misspelt],
      /'misspelt' cannot build its service 'inner': it sees no 'usages'; did you mean 'usage'\?$/,
    );
  });

  it('holds nothing that another plugin keeps to itself', async () => {
    const nosy = await plugin('nosy', "requires: ['auth'], services: { mine: ({ tokens }) => tokens.issue }");
    await refused(
      [nosy],
      /'nosy' cannot build its service 'mine'.*'tokens' is inside the plugin 'auth', which keeps it/s,
    );
    const late = await plugin('late', "requires: ['auth'], start: async ({ tokens }) => tokens");
    await refused(
      [late],
      /'late' could not start: The plugin 'late' asks for the service 'tokens', which it does not see/,
    );
  });

  it('has one service of each name', async () => {
    const taken = await plugin('taken', 'services: { db: () => ({}) }');
    await refused([taken], /The plugin 'taken' declares the service 'db', which it is given already/);
    const given = await plugin('given', "requires: ['auth'], services: { accounts: () => ({}) }");
    await refused([given], /The plugin 'given' declares the service 'accounts', which it is given already/);
  });
});
