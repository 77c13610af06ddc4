/** Commands beside a server, and `check`, which builds everything and touches nothing. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '#core/observability/log.ts';
import { createPlatform } from '#core/platform.ts';
import { startPlatform } from '#test/support/harness.ts';
import { warmPatchbay } from '#test/support/warm-commands.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'patchbay-commands-'));

/** A plugin in a folder; gives the text of a configuration in which it is on. */
function plugin(body: string): string {
  const home = folder();
  mkdirSync(join(home, 'migrations'));
  writeFileSync(join(home, 'index.ts'), `export default { name: 'mine', summary: 's', ${body} };`);
  return `plugins: { ${home}: {} }`;
}

/** What `check` says, in this process. */
async function refusal(text: string): Promise<Error> {
  const file = join(folder(), 'mine.yaml');
  writeFileSync(file, text);
  const env = { PATCHBAY_CONFIG: file };
  const log = createLog({ level: 'silent' });
  const outcome = await createPlatform({ purpose: 'describe', env, log })
    .then(
      async (platform) => {
        await platform.stop();
        return platform.check();
      },
      (error: Error) => error,
    )
    .catch((error: Error) => error);
  assert.ok(outcome instanceof Error, 'must be refused');
  assert.equal(existsSync(join(file, '..', 'data')), false);
  return outcome;
}

describe('patchbay check', () => {
  const route = "{ method: 'GET', path: '/twice', access: 'public', summary: 's', responses: {}, handler: () => null }";
  for (const [what, text, sentence] of [
    ['a relay that is not named', 'mailer: { transport: smtp }', /mailer\.smtp must name the relay/],
    ['a key that is not there', 'mailer: { transport: resend }', /mailer\.resend must hold the apiKey/],
    ['a database that is not named', 'database: { client: pg }', /database\.connection must name the server/],
    ['keys of Stripe', 'plugins: { billing: { provider: stripe } }', /plugins\.billing\.stripe needs secretKey/],
    ['an unknown provider', 'plugins: { billing: { provider: paypal } }', /'paypal', which no plugin brings/],
    ['two equal routes', plugin(`routes: [${route}, ${route}]`), /Two routes are declared for GET \/twice/],
    [
      'a schedule that never comes',
      plugin("cron: [{ name: 'mine.x', summary: 's', schedule: '61 * * * *', run() {} }]"),
      /schedule of 'mine\.x' is not valid/,
    ],
    [
      'a folder of migrations',
      plugin("migrations: new URL('./nowhere/', import.meta.url)"),
      /migrations folder of mine does not exist/,
    ],
    ['a service', plugin('services: { mine: ({ nobody }) => nobody.x }'), /cannot build its service 'mine'/],
    ['a service of the platform', plugin('services: { db: () => ({}) }'), /'db', which it is given already/],
    ['a mistake in its code', plugin('services: { mine: ( }'), /Expression expected \(\/.*index\.ts:1\)/],
  ] as const) {
    it(`misses ${what}`, async () => {
      const { name, message } = await refusal(text);
      assert.match(message, sentence);
      assert.equal(name, 'ConfigError', 'a sentence and no stack');
    });
  }

  it('and `routes` and `openapi` make no folder, no database, no secret', async () => {
    const dataDir = join(folder(), 'data');
    for (const command of ['check', 'routes', 'openapi']) {
      assert.equal((await warmPatchbay([command], { PATCHBAY_DATADIR: dataDir })).code, 0);
    }
    assert.equal(existsSync(dataDir), false);
  });
}).timeout(120_000);

describe('a command beside a running server', () => {
  it('is refused when it writes, and runs when it does not', async () => {
    const app = await startPlatform({
      plugins: ['auth', 'billing', 'licensing', 'mail', 'robots', 'ai-replies', 'workflows'],
      config: ports,
    });
    const env = { PATCHBAY_DATADIR: app.dataDir };
    for (const [command, ...args] of [
      ['user:create', '--email', 'a@example.org', '--password', 'a long password'],
      ['workflows:import', folder()],
      ['migrate', '--down', '1'],
    ] as const) {
      const { code, err } = await warmPatchbay([command, ...args], env);
      assert.deepEqual([code, /Another Patchbay works on/.test(err)], [1, true], command);
    }
    const exported = await warmPatchbay(['workflows:export', folder()], env);
    assert.match(exported.out, /Wrote 0 workflows/, exported.err);
    await app.stop();
  }).timeout(60_000);

  it('finds an installation, and makes none', async () => {
    const dataDir = join(folder(), 'nowhere');
    const { code, err } = await warmPatchbay(['workflows:export', folder()], { PATCHBAY_DATADIR: dataDir });
    assert.deepEqual([code, /There is no database/.test(err)], [1, true], err);
    assert.equal(existsSync(dataDir), false);
  }).timeout(30_000);
});

const ports = { plugins: { mail: { smtp: { port: 0 } } } };

describe('migrate --down', () => {
  it('leaves other migrations alone when the last one is of a plugin that is off', async () => {
    const dataDir = folder();
    const off = { PATCHBAY_PLUGINS__WORKFLOWS__ENABLED: 'false', PATCHBAY_DATADIR: dataDir };
    assert.equal((await warmPatchbay(['migrate'], { PATCHBAY_DATADIR: dataDir })).code, 0);
    const refused = await warmPatchbay(['migrate', '--down', '1'], off);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /workflows\/\d{4}-[\w-]+ was last, and its plugin is not enabled.*--plugin NAME/);
    assert.match(
      (await warmPatchbay(['migrate', '--down', '1', '--plugin', 'mail'], off)).out,
      /^Took back mail\/\d{4}-[\w-]+\n$/,
    );
    assert.ok(readdirSync(dataDir).includes('patchbay.sqlite3'));
  }).timeout(60_000);
});
