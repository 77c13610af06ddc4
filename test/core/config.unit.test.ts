/** The configuration: layers, and sentences for what is wrong. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DEFAULT_CONFIG_FILE } from '#core/config/load.ts';
import { CoreConfig } from '#core/config/schema.ts';
import { checkSchema } from '#core/config/validate.ts';
import { prepare } from '#core/configuration.ts';
import { builtInPlugins, pluginConfigSchema } from '#core/plugins.ts';

function configFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'patchbay-config-')), 'mine.yaml');
  writeFileSync(file, text);
  return file;
}

const prepareWith = (text: string, env: NodeJS.ProcessEnv = {}) =>
  prepare({ env: { ...env, PATCHBAY_CONFIG: configFile(text) } });

/** Keys of the schema that the values lack, or have with another default. */
function differences(schema: any, values: any, path: string): string[] {
  if (schema.type === 'object' && schema.properties) {
    const named = Object.keys(schema.properties).filter((key) => (schema.required ?? []).includes(key));
    return named.flatMap((key) => differences(schema.properties[key], values?.[key], `${path}.${key}`));
  }
  if (schema.default === undefined || JSON.stringify(values) === JSON.stringify(schema.default)) return [];
  return [`${path}: ${JSON.stringify(values)} instead of ${JSON.stringify(schema.default)}`];
}

describe('configuration', () => {
  it('stands in default.yaml with every key and its default', async () => {
    const written = parse(readFileSync(DEFAULT_CONFIG_FILE, 'utf8'));
    const { plugins } = await prepare({ env: {} });
    const wrong = differences(CoreConfig, written, 'core');
    for (const { plugin } of plugins) {
      if (plugin.config) wrong.push(...differences(plugin.config, written.plugins[plugin.name], plugin.name));
      else assert.deepEqual(written.plugins[plugin.name], {}, plugin.name);
    }
    assert.deepEqual(wrong, []);
  });

  it('has schemas that are schemas, which a start takes for granted of ours', async () => {
    const { plugins } = await prepare({});
    assert.equal(plugins.length, builtInPlugins().length);
    checkSchema(CoreConfig, []);
    for (const { plugin, key } of plugins) checkSchema(pluginConfigSchema(plugin), ['plugins', key]);
    assert.throws(() => checkSchema({ type: 'none' } as never, ['plugins', 'x']), /plugins\.x is no JSON Schema/);
  });

  it('merges the file over the defaults and the environment over the file', async () => {
    const { coreConfig, plugins } = await prepareWith('http: { port: 7000, bodyLimit: 2048 }', {
      PATCHBAY_HTTP__PORT: '8080',
      PATCHBAY_PLUGINS__MAIL__DOMAINS: '[a.example, b.example]',
    });
    assert.equal(coreConfig.http.port, 8080);
    assert.equal(coreConfig.http.bodyLimit, 2048);
    assert.equal(coreConfig.http.host, '127.0.0.1');
    const mail = plugins.find(({ plugin }) => plugin.name === 'mail')!;
    assert.deepEqual((mail.config as any).domains, ['a.example', 'b.example']);
  });

  it('finds keys of the environment whatever their case and dashes', async () => {
    const { coreConfig } = await prepareWith('', {
      PATCHBAY_HTTP__PUBLICURL: 'http://x.example',
      PATCHBAY_DATADIR: '/tmp/elsewhere',
    });
    assert.equal(coreConfig.http.publicUrl, 'http://x.example');
    assert.equal(coreConfig.dataDir, '/tmp/elsewhere');
  });

  it('takes $${NAME} as ${NAME} itself', async () => {
    const { coreConfig } = await prepareWith('mailer: { from: "a$${b}c ${WHO} <x@example.com>" }', { WHO: 'Ada' });
    assert.equal(coreConfig.mailer.from, 'a${b}c Ada <x@example.com>');
  });

  it('reads ${NAME} from the environment, and says when it is not set', async () => {
    const { coreConfig } = await prepareWith('metrics: { token: "${MY_TOKEN}" }', { MY_TOKEN: 'a-token-of-16-chars' });
    assert.equal(coreConfig.metrics.token, 'a-token-of-16-chars');
    await assert.rejects(
      prepareWith('metrics: { token: "${MY_TOKEN}" }'),
      /metrics\.token reads the environment variable MY_TOKEN/,
    );
  });

  for (const [text, sentence] of [
    ['http: { prot: 1 }', /mine\.yaml: http\.prot \(found: 1\) is not a known key; did you mean 'port'\?/],
    ['http: { port: hello }', /mine\.yaml: http\.port is "hello", but expected is of type integer/],
    [
      'database: { client: mysql }',
      /database\.client is "mysql", but expected is "sqlite3" or "better-sqlite3" or "pg"/,
    ],
    ['plugins: { mial: {} }', /plugins\.mial .*is not a known key; did you mean 'mail'\?/],
    ['plugins: { mail: { catchal: true } }', /plugins\.mail\.catchal .*did you mean 'catchAll'\?/],
    ['plugins: { auth: { enabled: false } }', /requires 'auth', which is not enabled; add 'plugins\.auth: \{\}'/],
    ['plugins: { ./nowhere: {} }', /is no plugin: there is no index\.ts/],
    ['http: [1, 2', /is not valid YAML/],
  ] as const) {
    it(`explains ${text}`, async () => {
      await assert.rejects(prepareWith(text), sentence);
    });
  }

  it('says which plugins stand in a circle, lack a version, or share a name', async () => {
    const plugin = (name: string, more: string) => {
      const folder = mkdtempSync(join(tmpdir(), `patchbay-${name}-`));
      writeFileSync(join(folder, 'index.ts'), `export default { name: '${name}', summary: 's', ${more} };`);
      return folder;
    };
    const enabled = (...folders: string[]) =>
      `plugins: { ${builtInPlugins()
        .map((name) => `${name}: { enabled: false }, `)
        .join('')}${folders.map((folder) => `${folder}: {}`).join(', ')} }`;
    const a = plugin('aa', "requires: ['bb']");
    const b = plugin('bb', "requires: ['aa'], version: '1.0.0'");
    await assert.rejects(prepareWith(enabled(a, b)), /in a circle: aa → bb → aa/);
    const c = plugin('cc', "requires: ['dd@^2.0.0']");
    const d = plugin('dd', "version: '1.4.0'");
    await assert.rejects(prepareWith(enabled(c, d)), /'cc' requires 'dd' in version \^2\.0\.0, but it is 1\.4\.0/);
    await assert.rejects(prepareWith(enabled(d, plugin('dd', ''))), /Two enabled plugins call themselves 'dd'/);
    const { plugins } = await prepareWith(enabled(plugin('ee', "requires: ['dd@^1.0.0']"), d));
    assert.deepEqual(
      plugins.map((one) => one.plugin.name),
      ['dd', 'ee'],
    );
  });
});
