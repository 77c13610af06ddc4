/** The server ends with whoever launched it, and drains when its terminal closes. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from '#test/support/command-line.ts';

const LAUNCHER = join(ROOT, 'scripts', 'patchbay.mjs');

/** A launched server, when it serves: who was started, and whether the server still answers. */
async function launched(command: string, args: string[], more: NodeJS.ProcessEnv = {}) {
  const env = {
    PATH: process.env.PATH,
    PATCHBAY_SKIP_INSTALL: '1',
    PATCHBAY_DATADIR: mkdtempSync(join(tmpdir(), 'patchbay-launcher-')),
    PATCHBAY_HTTP__PORT: '0',
    PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0',
    ...more,
  };
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  while (!/SMTP listens/.test(out)) await pause(50);
  const url = `http://127.0.0.1:${/listening on 127\.0\.0\.1:(\d+)/.exec(out)?.[1]}/health`;
  const answers = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  return { child, answers };
}

/** The limit of the test is the limit here. */
async function untilGone(answers: () => Promise<boolean>): Promise<void> {
  while (await answers()) await pause(100);
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

describe('a server', () => {
  it('ends when its launcher is killed and can pass nothing on', async () => {
    const { child, answers } = await launched(process.execPath, [LAUNCHER, 'start']);
    child.kill('SIGKILL');
    await untilGone(answers);
  }).timeout(60_000);

  it('ends when npm, which started its launcher, is killed', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, [${JSON.stringify(LAUNCHER)}, 'start'], { stdio: 'inherit' });`;
    const { child, answers } = await launched(process.execPath, ['-e', script], { npm_lifecycle_event: 'start' });
    child.kill('SIGKILL');
    await untilGone(answers);
  }).timeout(60_000);

  it('that cannot start ends, and so does its launcher', async () => {
    const env = { PATH: process.env.PATH, PATCHBAY_SKIP_INSTALL: '1', PATCHBAY_HTTP__PORT: 'many' };
    const child = spawn(process.execPath, [LAUNCHER, 'start'], { cwd: ROOT, env, stdio: 'ignore' });
    assert.equal(await ended(child), 1);
  }).timeout(60_000);

  it('drains and ends well when its terminal closes', async () => {
    const { child } = await launched(process.execPath, [LAUNCHER, 'start']);
    const code = ended(child);
    child.kill('SIGHUP');
    assert.equal(await code, 0);
  }).timeout(60_000);
});
