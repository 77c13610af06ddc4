/** Values from the environment: text where the schema says string, no strangers' variables, no secrets in messages. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from '#core/configuration.ts';

function configFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'patchbay-config-')), 'mine.yaml');
  writeFileSync(file, text);
  return file;
}

async function configOf(plugin: string, env: NodeJS.ProcessEnv): Promise<any> {
  const { plugins } = await prepare({ env });
  return plugins.find((one) => one.plugin.name === plugin)?.config;
}

async function refusal(text: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const outcome = await prepare({ env: { ...env, PATCHBAY_CONFIG: configFile(text) } }).catch((error: Error) => error);
  assert.ok(outcome instanceof Error, 'must be refused');
  return outcome.message;
}

describe('values from the environment', () => {
  for (const secret of [
    'correct horse #1 battery',
    '#abcdefghijklmnopq',
    '%abcdefghijklmnopq',
    '&anchor and a secret',
    '!tagged and a secret',
    '"quoted" and its tail',
    '| literal, many words',
    'two lines\nof a secret text',
    '1234567890123456',
    '0x1F000000000000000',
    '*alias-of-nothing-at-all',
    '{looks: like an object}',
    '[looks, like, a, list]',
    '@`reserved characters',
    'nullnullnullnull',
  ]) {
    it(`are taken as they are where text is expected: ${JSON.stringify(secret)}`, async () => {
      assert.equal((await configOf('auth', { PATCHBAY_PLUGINS__AUTH__ROOT_TOKEN: secret })).rootToken, secret);
      const env = { SECRET: secret, PATCHBAY_CONFIG: configFile('plugins: { auth: { rootToken: "${SECRET}" } }') };
      assert.equal((await configOf('auth', env)).rootToken, secret);
    });
  }

  it('are not set when they are empty', async () => {
    assert.equal((await configOf('auth', { PATCHBAY_PLUGINS__AUTH__ROOT_TOKEN: '' })).rootToken, null);
  });

  it('are numbers, switches, lists and objects where those are expected', async () => {
    const file = configFile('http: { port: "${PORT}" }');
    const { coreConfig, plugins } = await prepare({
      env: {
        PATCHBAY_CONFIG: file,
        PORT: '8080',
        PATCHBAY_HTTP__TRUSTPROXY: '[10.0.0.0/8]',
        PATCHBAY_DATABASE: '{readers: 5}',
        PATCHBAY_MAILER__SMTP: '{host: relay.example, password: "1e10"}',
        PATCHBAY_PLUGINS__MAIL__ENABLED: 'false',
      },
    });
    assert.equal(coreConfig.http.port, 8080);
    assert.equal(coreConfig.http.publicUrl, 'http://127.0.0.1:8080');
    assert.deepEqual(coreConfig.http.trustProxy, ['10.0.0.0/8']);
    assert.deepEqual([coreConfig.database.readers, coreConfig.database.client], [5, 'sqlite3']);
    assert.equal(coreConfig.mailer.smtp?.password, '1e10');
    assert.ok(!plugins.some(({ plugin }) => plugin.name === 'mail'));
  });

  it('are refused with the name of the variable when they are no YAML', async () => {
    const message = await refusal('', { PATCHBAY_HTTP__TRUSTPROXY: '[10.0.0.0/8' });
    assert.match(message, /^environment: PATCHBAY_HTTP__TRUSTPROXY is not valid YAML/);
  });

  it('leave out what Kubernetes tells of services', async () => {
    const { coreConfig } = await prepare({
      env: {
        PATCHBAY_PORT: 'tcp://10.3.0.1:5000',
        PATCHBAY_SERVICE_HOST: '10.3.0.1',
        PATCHBAY_SERVICE_PORT: '5000',
        PATCHBAY_SERVICE_PORT_HTTP: '5000',
        PATCHBAY_PORT_5000_TCP: 'tcp://10.3.0.1:5000',
        PATCHBAY_PORT_5000_TCP_ADDR: '10.3.0.1',
        PATCHBAY_POSTGRES_PORT: 'tcp://10.3.0.2:5432',
        PATCHBAY_POSTGRES_SERVICE_HOST: '10.3.0.2',
      },
    });
    assert.equal(coreConfig.http.port, 5000);
    assert.match(await refusal('', { PATCHBAY_PORT: '5000' }), /port \(found: "5000"\) is not a known key/);
  });
});

describe('what is said of a wrong value', () => {
  it('names the broken rule, and no secret', async () => {
    const message = await refusal('plugins: { auth: { rootToken: too-short } }');
    assert.match(message, /plugins\.auth\.rootToken is not shown.*expected is a text of at least 16 characters/);
    assert.ok(!message.includes('too-short'));
    const unknown = await refusal('mailer: { smtp: { host: a, pasword: hunter2 }, apiToken: hunter2 }');
    assert.match(unknown, /did you mean 'password'/);
    assert.ok(!unknown.includes('hunter2'));
  });

  it('explains an address of a database that its password cuts in two', async () => {
    for (const password of ['pa#ss', 'pa/ss', '@ss/word', 'pa?ss']) {
      const connection = `postgres://patchbay:${password}@db.example:5432/patchbay`;
      const message = await refusal('database: { client: pg, connection: "${DB}" }', { DB: connection });
      assert.match(message, /percent-encoded: # is %23/, password);
      assert.ok(!message.includes(password));
    }
    assert.match(await refusal('database: { client: pg }'), /must name the server: postgres:/);
  });
});

describe('relative paths', () => {
  it('start from the configuration file, whatever the working directory is', async () => {
    const file = configFile('database: { connection: db/mail.sqlite3 }\nmailer: { templates: texts }');
    const folder = join(file, '..');
    const { coreConfig } = await prepare({ env: { PATCHBAY_CONFIG: file } });
    assert.equal(coreConfig.dataDir, join(folder, 'data'));
    assert.equal(coreConfig.database.connection, join(folder, 'db', 'mail.sqlite3'));
    assert.equal(coreConfig.mailer.templates, join(folder, 'texts'));
  });

  it('start from the working directory when the environment names them', async () => {
    const { coreConfig } = await prepare({ env: { PATCHBAY_DATADIR: 'here' } });
    assert.equal(coreConfig.dataDir, join(process.cwd(), 'here'));
  });
});
