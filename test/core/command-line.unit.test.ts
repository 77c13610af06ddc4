/**
 * The command line: what each command does, in a process that has loaded the platform already; that it ends by itself, with its
 * exit code and all that it prints, as processes of their own.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '#test/support/client.ts';
import { patchbay, type Result, ROOT } from '#test/support/command-line.ts';
import { warmPatchbay } from '#test/support/warm-commands.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'patchbay-cli-'));

describe('the command line', () => {
  it('has help for every command', async () => {
    const { out } = await warmPatchbay(['--help']);
    for (const command of [
      'start',
      'check',
      'migrate',
      'routes',
      'openapi',
      'backup',
      'restore',
      'new-plugin',
      'user:create',
      'config:schema',
    ]) {
      assert.match(out, new RegExp(`^  ${command}`, 'm'));
      assert.match((await warmPatchbay([command, '--help'])).out, new RegExp(`^Usage: patchbay ${command}`));
    }
  }).timeout(120_000);

  it('checks the configuration, and ends with 1 and a sentence when it is wrong', async () => {
    const good = await warmPatchbay(['check']);
    assert.deepEqual([good.code, /Configuration is valid/.test(good.out)], [0, true]);
    const file = join(folder(), 'mine.yaml');
    writeFileSync(file, 'http: { prot: 1 }');
    const bad = await patchbay(['check'], { PATCHBAY_CONFIG: file });
    assert.equal(bad.code, 1);
    assert.match(bad.err, /did you mean 'port'/);
    assert.ok(!bad.err.includes('    at '), 'no stack trace for a mistake in the config');
  });

  it('lists routes, prints the OpenAPI document, writes the schema', async () => {
    const env = { PATCHBAY_DATADIR: folder() };
    assert.match(
      (await warmPatchbay(['routes'], env)).out,
      /GET +\/api\/v2\/users\/me +auth +user, scope account:read/,
    );
    assert.equal(JSON.parse((await patchbay(['openapi'], env)).out).openapi, '3.1.0');
    const output = join(folder(), 'schema.json');
    await warmPatchbay(['config:schema', '--output', output], env);
    const schema = (await import(output, { with: { type: 'json' } })).default;
    assert.ok(schema.properties.http.properties.port && schema.properties.plugins.properties.mail);
  }).timeout(120_000);

  it('makes accounts, backs up, and restores into an empty folder only', async () => {
    const dataDir = folder();
    const made = await patchbay(['user:create', '--email', 'Ada@Example.org', '--superadmin'], {
      PATCHBAY_DATADIR: dataDir,
      PASSWORD: 'a password for ada',
    });
    assert.match(made.out, /Made ada@example\.org/, made.err);
    const file = join(folder(), 'backup.tar.gz');
    assert.equal((await patchbay(['backup', file], { PATCHBAY_DATADIR: dataDir })).code, 0);
    assert.match((await warmPatchbay(['backup', file], { PATCHBAY_DATADIR: dataDir })).err, /never overwrites/);
    assert.match((await warmPatchbay(['restore', file], { PATCHBAY_DATADIR: dataDir })).err, /is not empty/);
    const copy = join(folder(), 'restored');
    const restored = await warmPatchbay(['restore', file], { PATCHBAY_DATADIR: copy });
    assert.equal(restored.code, 0, restored.err);
    assert.ok(existsSync(join(copy, 'secrets.json')));
    const again = await warmPatchbay(['user:create', '--email', 'ada@example.org'], {
      PATCHBAY_DATADIR: copy,
      PASSWORD: 'another password',
    });
    assert.match(again.err, /is taken/);
    assert.match((await warmPatchbay(['migrate'], { PATCHBAY_DATADIR: copy })).out, /Nothing to do/);
    assert.match(
      (await warmPatchbay(['migrate', '--down', '1'], { PATCHBAY_DATADIR: copy })).out,
      /Took back (?:mail|workflows)\/\d{4}-[\w-]+\n/,
    );
  }).timeout(120_000);

  it('writes a plugin that passes its own test, and the linter, untouched', async () => {
    const name = `my-${process.pid}`;
    const home = join('my-plugins', name);
    const run = (file: string, args: string[]): Promise<Result> =>
      new Promise((resolve) => {
        const command = [join(ROOT, 'node_modules', file), ...args];
        execFile(process.execPath, command, { cwd: ROOT, env: { PATH: process.env.PATH } }, (error, out, err) => {
          resolve({ code: error ? 1 : 0, out, err });
        });
      });
    try {
      assert.match((await warmPatchbay(['new-plugin', name])).out, new RegExp(`  \\./${home}: {}\n`));
      const tested = await patchbay(['test', home]);
      assert.deepEqual([tested.code, /pass 7/.test(tested.out)], [0, true], tested.out + tested.err);
      const linted = await run('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', home]);
      assert.equal(linted.code, 0, linted.out + linted.err);
      assert.match((await warmPatchbay(['new-plugin', name])).err, /already exists/);
      assert.match((await warmPatchbay(['new-plugin', '../Evil'])).err, /cannot be a plugin's name/);
      assert.match((await warmPatchbay(['test', 'docs'])).err, /There is no test in/);
    } finally {
      rmSync(join(ROOT, home), { recursive: true, force: true });
    }
  }).timeout(120_000);

  it('serves until SIGTERM, then ends with 0, and prints how to begin', async () => {
    const { spawn } = await import('node:child_process');
    const env = {
      PATH: process.env.PATH,
      PATCHBAY_SKIP_INSTALL: '1',
      PATCHBAY_DATADIR: folder(),
      PATCHBAY_HTTP__PORT: '0',
      PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0',
    };
    const child = spawn(process.execPath, [join(ROOT, 'scripts', 'patchbay.mjs'), 'start'], { cwd: ROOT, env });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    while (!/SMTP listens/.test(out)) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.match(out, /First sign-in: make the administrator at http\S+\/setup\?token=/);
    assert.match(out, /Enabled: auth, .*mail/);
    const port = /listening on 127\.0\.0\.1:(\d+)/.exec(out)![1]!;
    assert.equal((await createClient(`http://127.0.0.1:${port}`).get('/health')).status, 200);
    child.kill('SIGTERM');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(code, 0);
  }).timeout(120_000);
});
