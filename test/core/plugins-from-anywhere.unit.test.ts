/** Plugins in folders anywhere and in npm packages: one instance of the platform, and errors with file and line. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import Type from 'typebox';
import { prepare } from '#core/configuration.ts';
import { AppError } from '#core/plugin.ts';
import { builtInPlugins } from '#core/plugins.ts';
import { coreVersion } from '#core/version.ts';

/** Writes files into a new folder outside of the checkout; gives the folder. */
function folderWith(files: Record<string, string>): string {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'patchbay-anywhere-')));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return home;
}

const OFF = builtInPlugins().map((name) => `  ${name}: { enabled: false }\n`);

/** The one plugin that a configuration file in `home` names. */
async function loaded(home: string, key: string) {
  const file = join(home, 'patchbay.yaml');
  writeFileSync(file, `plugins:\n${OFF.join('')}  ${JSON.stringify(key)}: {}\n`);
  const { plugins } = await prepare({ env: { PATCHBAY_CONFIG: file } });
  assert.equal(plugins.length, 1);
  return plugins[0]!;
}

async function refusal(home: string, key: string): Promise<string> {
  const error: Error = await loaded(home, key).then(
    () => assert.fail('must be refused'),
    (refused) => refused,
  );
  assert.equal(error.name, 'ConfigError', error.stack);
  return error.message;
}

const MINE = `
  import Type from 'typebox';
  import { AppError, definePlugin, Type as Ours } from 'patchbay-platform/plugin';
  import { startPlatform } from 'patchbay-platform/testing';
  export const shared = { Type, Ours, AppError, startPlatform };
  const summary: string = 'Mine';
  export default Object.assign(definePlugin({ name: 'mine', summary }), { shared });
`;
const JAVASCRIPT = MINE.replace(': string', '');
/** A copy that some installation brought along: whoever gets it has a second platform. */
const COPIES = {
  'node_modules/patchbay-platform/package.json':
    '{ "name": "patchbay-platform", "type": "module", "exports": { "./*": "./x.js" } }',
  'node_modules/patchbay-platform/x.js': "throw new Error('the copy')",
  'node_modules/typebox/package.json': '{ "name": "typebox", "type": "module", "exports": "./x.js" }',
  'node_modules/typebox/x.js': "throw new Error('the copy')",
};

/** What npm installs for who asks for `patchbay`. */
const STRANGER = {
  'node_modules/patchbay/package.json': '{ "name": "patchbay", "type": "module", "exports": { "./*": "./x.js" } }',
  'node_modules/patchbay/x.js': "throw new Error('the stranger')",
};

function sharesEverything({ plugin }: { plugin: unknown }): void {
  const { shared } = plugin as { shared: Record<string, unknown> };
  assert.equal(shared.Type, Type);
  assert.equal(shared.Ours, Type);
  assert.equal(shared.AppError, AppError);
  assert.equal(typeof shared.startPlatform, 'function');
}

describe('a plugin anywhere', () => {
  it('is a folder of TypeScript outside, named relative to the configuration file or by its whole path', async () => {
    const folder = folderWith({ 'index.ts': MINE, 'package.json': '{ "type": "module", "version": "4.5.6" }' });
    const home = folderWith({});
    const found = await loaded(home, relative(home, folder));
    sharesEverything(found);
    assert.equal(found.version, '4.5.6');
    sharesEverything(await loaded(home, folder));
  });

  it('gets the one platform even where copies of it are installed', async () => {
    sharesEverything(await loaded(folderWith({ 'mine/index.ts': MINE, ...COPIES }), './mine'));
  });

  it('is an npm package, seen from the configuration file, with conditions of `import` alone', async () => {
    const home = folderWith({
      ...COPIES,
      'node_modules/@acme/sms/package.json':
        '{ "type": "module", "version": "2.0.0", "exports": { "import": "./m.js" } }',
      'node_modules/@acme/sms/m.js': JAVASCRIPT,
    });
    const found = await loaded(home, '@acme/sms');
    sharesEverything(found);
    assert.equal(found.version, '2.0.0');
  });

  it('is known by where it really lies, of which stacks speak', async () => {
    const home = folderWith({ 'real/index.ts': MINE });
    symlinkSync(join(home, 'real'), join(home, 'linked'));
    assert.equal((await loaded(home, './linked')).folder, join(home, 'real'));
  });

  it('may be CommonJS, as it is written and as a compiler makes it', async () => {
    const common = `const { definePlugin } = require('patchbay-platform/plugin'); const mine = definePlugin({ name: 'mine', summary: 's' });`;
    const home = folderWith({
      'node_modules/plain/index.js': `${common} module.exports = mine;`,
      'node_modules/compiled/index.js': `${common} exports.__esModule = true; exports.default = mine;`,
    });
    for (const name of ['plain', 'compiled']) assert.equal((await loaded(home, name)).plugin.name, 'mine');
  });

  it('says which versions of the platform it is made for', async () => {
    const made = (range: string) =>
      folderWith({
        'index.ts': MINE,
        'package.json': JSON.stringify({ peerDependencies: { 'patchbay-platform': range } }),
      });
    assert.match(
      await refusal(made('^99.0.0'), './'),
      /'\.\/' is made for Patchbay \^99\.0\.0 .*package\.json\), but this is/,
    );
    for (const range of [`^${coreVersion()}`, '*', 'workspace:*']) {
      assert.equal((await loaded(made(range), './')).plugin.name, 'mine');
    }
  });

  it('calls the platform by the name that its package has, not by the one that it had', async () => {
    const peers = { patchbay: '^0.1.0', 'patchbay-platform': `^${coreVersion()}` };
    const old = folderWith({ 'index.ts': MINE, 'package.json': JSON.stringify({ peerDependencies: peers }) });
    assert.match(
      await refusal(old, './'),
      /package\.json names 'patchbay' among its peerDependencies.*call it 'patchbay-platform' there/,
    );
  });

  it('is not called like the platform', async () => {
    const home = folderWith({ 'index.ts': "export default { name: 'core', summary: 's' }" });
    assert.match(await refusal(home, './'), /calls itself 'core'/);
  });
});

describe('a plugin that cannot be loaded', () => {
  const first = 'export const a = 1;\n';
  const written: Record<string, string> = {};
  for (const [what, files, sentence] of [
    [
      'a mistake in TypeScript',
      { 'index.ts': `${first}export const b = ( ;` },
      /Expression expected \((.*)index\.ts:2\)/,
    ],
    [
      'a mistake in JavaScript',
      { 'index.js': `${first}export const b = ( ;` },
      /Unexpected token ';' \((.*)index\.js:2\)/,
    ],
    [
      'a mistake in JavaScript that is imported',
      { 'index.js': "import './deep/x.js';", 'deep/x.js': `${first}${first}` },
      /'a' has already been declared \((.*)deep\/x\.js:2\)/,
    ],
    [
      'TypeScript that does not go by itself',
      { 'index.ts': `${first}enum X { A }` },
      /enum is not supported .*index\.ts:2\)/,
    ],
    [
      'a file that is not there',
      { 'index.ts': `${first}import {\n  x,\n} from './nowhere.ts';` },
      /Cannot find module '.*nowhere\.ts' \(.*index\.ts:4\)/,
    ],
    [
      'the extension of what TypeScript becomes elsewhere',
      { 'index.ts': `${first}import './there.js';`, 'there.ts': '' },
      /the import must end in \.ts: .*there\.ts \(.*index\.ts:2\)/,
    ],
    ['no extension', { 'index.ts': `${first}import './there';`, 'there.ts': '' }, /must end in \.ts.*index\.ts:2\)/],
    ['a folder', { 'index.ts': `${first}import './there';`, 'there/x.ts': '' }, /Directory import .*index\.ts:2\)/],
    [
      'a package that is not installed',
      { 'index.ts': `${first}import 'left-out/sub';` },
      /Cannot find package 'left-out'; install it: npm install left-out \(in .*\) \(.*index\.ts:2\)/,
    ],
    [
      'a name that patchbay-platform/plugin does not have',
      { 'index.ts': `${first}import { nobody } from 'patchbay-platform/plugin';\nnobody();` },
      /'patchbay-platform\/plugin' does not provide an export named 'nobody'; a type needs `import type` \(.*index\.ts:2\)/,
    ],
    [
      'the name that the package had',
      { 'index.ts': `${first}import { definePlugin } from 'patchbay/plugin';\ndefinePlugin();`, ...STRANGER },
      /'patchbay\/plugin' is called 'patchbay-platform\/plugin' now: change the import \(.*index\.ts:2\)/,
    ],
    [
      'the name that the package had, in CommonJS of a file that it imports',
      { 'index.js': "import './deep.cjs';", 'deep.cjs': `\nrequire('patchbay/kit');`, ...STRANGER },
      /'patchbay\/kit' is called 'patchbay-platform\/kit' now: change the import \(.*deep\.cjs:2\)/,
    ],
    ['an error that it throws', { 'index.ts': `${first}throw new Error('No!');` }, /No! \(.*index\.ts:2\)/],
    [
      'an error in a file that it imports',
      { 'index.ts': "import './deep.ts';", 'deep.ts': `${first}nobody();` },
      /nobody is not defined \(.*deep\.ts:2\)/,
    ],
    ['something thrown that is no error', { 'index.ts': "throw 'words'" }, /words \(in .*index\.ts, or in a file/],
    ['no default export', { 'index.ts': first }, /does not default-export definePlugin\(.*\(.*index\.ts\)/],
    ['no index', { 'other.ts': first }, /there is no index\.ts in/],
    ['a package.json that is none', { 'index.ts': first, 'package.json': '{' }, /package\.json is not valid JSON/],
  ] as const) {
    it(`is explained: ${what}`, async () => {
      const home = folderWith(files as typeof written);
      assert.match(await refusal(home, './'), sentence);
    });
  }

  for (const [what, files, sentence] of [
    ['TypeScript in a package', { 'index.ts': first }, /Node runs no TypeScript below node_modules.*index\.ts\)/],
    ['a package without a main file', { 'package.json': '{ "main": "./gone.js" }' }, /cannot be loaded: Cannot find/],
    [
      'a package that exports no plugin',
      { 'package.json': '{ "exports": {} }' },
      /cannot be loaded: No "exports" main/,
    ],
    ['a package without a default export', { 'index.js': first, 'package.json': '{}' }, /does not default-export/],
  ] as const) {
    it(`is explained: ${what}`, async () => {
      const inPackage = Object.entries({ 'package.json': '{ "main": "index.ts" }', ...files }).map(([name, text]) => [
        `node_modules/wrong/${name}`,
        text.replace('{}', '{ "main": "index.js" }'),
      ]);
      assert.match(await refusal(folderWith(Object.fromEntries(inPackage)), 'wrong'), sentence);
    });
  }

  it('is explained: a package that nobody installed', async () => {
    const home = folderWith({});
    assert.match(
      await refusal(home, 'biling'),
      /plugins\.biling .* is not a known key; did you mean 'billing'\?.*, or a package that is installed in/,
    );
  });
});
