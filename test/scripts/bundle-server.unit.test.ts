/** The server that the launcher starts runs from files that were made of its modules, and is what they are. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_CONFIG_FILE } from '#core/config/load.ts';
import { bundlePackages } from '#scripts/bundle-packages.ts';
import { bundleServer } from '#scripts/bundle-server.ts';
import { serverSources } from '#scripts/server-sources.mjs';
import { environment, lacksBundles, nodeBinary } from '#scripts/setup.mjs';
import { MAIN, ROOT } from '#test/support/command-line.ts';

const RECORDER = new URL('../fixtures/loaded-modules.mjs', import.meta.url).href;
/** What is answered as by the modules themselves. */
const SAME = ['/openapi.json', '/api/guest/refused', '/', '/health/ready'];
/** A plugin of somebody else, in TypeScript: it compares what it is given with what it imports. */
const PLUGIN = `
import { AppError, definePlugin, route, Type } from 'patchbay-platform/plugin';
const responses = { 200: Type.Object({}) };
export default definePlugin({
  name: 'guest',
  summary: 'A guest',
  routes: [
    route({ method: 'GET', path: '/api/guest', access: 'public', summary: 'Throws', responses, handler: throws }),
    route({ method: 'GET', path: '/api/guest/refused', access: 'public', summary: 'Refuses', responses, handler: refuses }),
  ],
});
class Odd extends Error {
  toString() {
    return 'odd ' + this.stack;
  }
}
function throws(): never {
  throw new Odd('as a guest does');
}
function refuses(): never {
  throw new AppError('no_room', 'No room', { status: 409 });
}
`;

describe('a server that runs from files made of its modules', () => {
  let made: string;
  let site: string;
  /** What it was asked, and what it had said and loaded when it ended. */
  const answers = new Map<string, Awaited<ReturnType<typeof get>>>();
  let output: string;
  before(async () => {
    await bundlePackages();
    assert.equal(lacksBundles(), false, 'the launcher looks where they are');
    made = await bundleServer();
    site = mkdtempSync(join(tmpdir(), 'patchbay-made-'));
    mkdirSync(join(site, 'guest'));
    writeFileSync(join(site, 'guest', 'index.ts'), PLUGIN);
    writeFileSync(join(site, 'patchbay.yaml'), 'plugins:\n  ./guest: {}\n');
    const server = await serve(made);
    for (const path of [...SAME, '/api/guest']) answers.set(path, await get(server.url + path));
    output = await server.stop();
  });

  it('answers as one that runs the modules, with all plugins, on a database that it migrates itself', async () => {
    const other = await serve(MAIN);
    for (const path of SAME) assert.deepEqual(answers.get(path), await get(other.url + path), path);
    assert.equal(answers.get('/api/guest/refused')?.status, 409);
    assert.ok(Object.keys(JSON.parse(answers.get('/openapi.json')!.text).paths).length > 300);
    await other.stop();
  });

  it('loads no module of ours beside what was made of it, and no HTTP client of Node that nobody asks for', () => {
    const loaded = [...output.matchAll(/^loaded (.*)$/gm)].map(([, name]) => name!);
    const typescript = loaded.filter((name) => name.endsWith('.ts'));
    assert.deepEqual(typescript, [new URL('guest/index.ts', `file://${site}/`).href]);
    assert.ok(loaded.some((name) => name.includes('.patchbay-packages')));
    assert.deepEqual(
      loaded.filter((name) => name.includes('undici')),
      [],
    );
    // Nothing is traced, so nothing is loaded for it.
    assert.deepEqual(
      loaded.filter((name) => name.includes('opentelemetry')),
      [],
    );
    const ours = loaded.filter((name) => name.includes('.patchbay-server'));
    assert.ok(ours.length < 250, `${ours.length} files, of which most are migrations`);
  });

  it('says where in what was written something was thrown, in a plugin and in the platform', () => {
    assert.equal(answers.get('/api/guest')?.status, 500);
    const { stack } = JSON.parse(output.split('\n').find((line) => line.includes('as a guest does'))!).err;
    assert.match(stack, /guest\/index\.ts:18:\d+/);
    assert.match(stack, /\/core\/http\/[\w-]+\.ts:\d+:\d+/);
    assert.doesNotMatch(stack, /\.patchbay-server|odd /);
    assert.equal(stack.match(/guest\/index\.ts:18/g)?.length, 1);
  });

  it('knows of every module that names its place in which source it stands', () => {
    const folder = dirname(made);
    const known = globSync('*.map', { cwd: folder }).flatMap((file) => {
      const { sources }: { sources: string[] } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      return sources.map((source) => relative(ROOT, resolve(folder, source)));
    });
    assert.ok(known.length > 900);
    // They are changed on the way, and are missing where that is done without a map.
    const changed = serverSources().filter((file) =>
      readFileSync(join(ROOT, file), 'utf8').includes('import.meta.url'),
    );
    assert.deepEqual(
      changed.filter((file) => !known.includes(file)),
      [],
    );
  });

  it('has the defaults of the configuration as they are written', () => {
    const sha256 = hash('sha256', readFileSync(DEFAULT_CONFIG_FILE, 'utf8'));
    const files = globSync('*.mjs', { cwd: dirname(made) });
    assert.equal(files.filter((file) => readFileSync(join(dirname(made), file), 'utf8').includes(sha256)).length, 1);
  });

  it('takes plugins that are CommonJS', async () => {
    mkdirSync(join(site, 'common'), { recursive: true });
    const text = `module.exports = require('patchbay-platform/plugin').definePlugin({ name: 'common', summary: 'Old' });`;
    writeFileSync(join(site, 'common', 'index.js'), text);
    writeFileSync(join(site, 'common', 'package.json'), '{ "type": "commonjs" }');
    writeFileSync(join(site, 'common.yaml'), 'plugins:\n  ./common: {}\n');
    for (const main of [made, MAIN]) {
      const server = await serve(main, { PATCHBAY_CONFIG: join(site, 'common.yaml') });
      const said = await server.stop();
      assert.match(said, /Enabled: .*common/);
      assert.equal(main === made && /^loaded .*\/package\/plugin\.ts$/m.test(said), false);
    }
  });

  it('says in one sentence what is wrong with the configuration', async () => {
    const child = start(made, { PATCHBAY_HTTP__PORT: 'many' });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    const [code] = await once(child, 'exit');
    assert.equal(code, 1);
    assert.match(said, /^patchbay: [^\n]*http\.port[^\n]*\n(?:loaded .*\n)*$/);
  });

  function start(main: string, env: NodeJS.ProcessEnv = {}) {
    return spawn(nodeBinary(), ['--import', RECORDER, main, 'start'], {
      cwd: site,
      env: environment({
        PATCHBAY_CONFIG: join(site, 'patchbay.yaml'),
        PATCHBAY_DATADIR: mkdtempSync(join(tmpdir(), 'patchbay-made-data-')),
        PATCHBAY_HTTP__PORT: '0',
        PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0',
        ...env,
      }),
    });
  }

  async function serve(main: string, env: NodeJS.ProcessEnv = {}) {
    const child = start(main, env);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        output += text;
      });
    const ended = once(child, 'exit');
    while (!/SMTP listens/.test(output)) {
      assert.equal(child.exitCode, null, output);
      await pause(50);
    }
    return {
      url: `http://127.0.0.1:${/listening on 127\.0\.0\.1:(\d+)/.exec(output)?.[1]}`,
      async stop() {
        child.kill('SIGTERM');
        const [code] = await ended;
        assert.equal(code, 0, output);
        return output;
      },
    };
  }
}).timeout(120_000);

async function get(url: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(url);
  // Each says its own address and times.
  const text = (await answer.text())
    .replaceAll(new URL(url).origin, '')
    .replaceAll(/"(?:time|request_id)":"[^"]*"/g, '');
  return { status: answer.status, text };
}
