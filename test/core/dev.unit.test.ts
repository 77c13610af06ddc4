/** `patchbay dev` serves what stands in the files now, also those of plugins that lie elsewhere. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { builtInPlugins } from '#core/plugins.ts';
import { CACHE, MAIN } from '#test/support/command-line.ts';
import { freePort } from '#test/support/free-port.ts';

describe('patchbay dev', function () {
  this.timeout(120_000);
  const home = mkdtempSync(join(tmpdir(), 'patchbay-dev-'));
  const config = join(home, 'site', 'patchbay.yaml');
  let port = 0;
  let server: ReturnType<typeof spawn>;
  let output = '';

  /** A plugin with one route, which answers with an expression. */
  const write = (name: string, answer: string) => {
    mkdirSync(join(home, name), { recursive: true });
    const route = `{ method: 'GET', path: '/${name}', access: 'public', summary: 's', responses: { 200: null }, handler: () => ({ is: ${answer} }) }`;
    writeFileSync(
      join(home, name, 'index.ts'),
      `export default { name: '${name}', summary: 's', routes: [${route}] };`,
    );
  };
  const enable = (...names: string[]) => {
    const off = builtInPlugins().map((name) => `  ${name}: { enabled: false }\n`);
    const on = names.map((name) => `  ../${name}: {}\n`);
    writeFileSync(config, `http: { port: ${port} }\nplugins:\n${[...off, ...on].join('')}`);
  };
  /** The limit of the test is the limit here. */
  const until = async (path: string, wanted: string) => {
    const answer = () =>
      fetch(`http://127.0.0.1:${port}${path}`).then(
        (found) => found.text(),
        () => '',
      );
    while ((await answer()) !== JSON.stringify({ is: wanted })) await pause(50);
  };

  before(async () => {
    port = await freePort();
    mkdirSync(join(home, 'site'));
    write('one', "'first'");
    enable('one');
    const env = { PATH: process.env.PATH, ...CACHE, PATCHBAY_CONFIG: config };
    server = spawn(process.execPath, [MAIN, 'dev'], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk) => (output += chunk));
    await until('/one', 'first');
  });
  after(() => server.kill('SIGKILL'));

  it('serves a plugin again when it has changed', async () => {
    write('one', "'second'");
    await until('/one', 'second');
  });

  it('takes up a plugin that is added to the configuration, and watches it', async () => {
    write('two', "'hello'");
    enable('one', 'two');
    await until('/two', 'hello');
    write('two', "'hello again'");
    await until('/two', 'hello again');
  });

  it('says where a mistake is, and goes on when it is mended', async () => {
    write('two', '(');
    while (!/cannot be loaded: .*two\/index\.ts:1\)/.test(output)) await pause(50);
    write('two', "'mended'");
    await until('/two', 'mended');
  });

  it('ends with its server when it is told to', async () => {
    const code = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    assert.equal(await code, 0);
    await assert.rejects(fetch(`http://127.0.0.1:${port}/one`));
  });
});
