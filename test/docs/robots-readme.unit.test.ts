/** The README of robots works as printed, and so does the robot of the examples. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../../scripts/setup.mjs';
import { runBlock, shellBlocks } from '../support/documents.ts';
import { freePort } from '../support/free-port.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';

const README = 'plugins/robots/README.md';
const ADMIN = { email: 'admin@example.com', username: 'admin', password: 'choose a good one' };

describe('README of robots', () => {
  let patchbay: TestPlatform;
  const children: ChildProcess[] = [];
  const outputs = new Map<ChildProcess, string>();
  before(async () => {
    patchbay = await startPlatform({ plugins: { auth: { admin: ADMIN }, robots: {} } });
  });
  after(async () => {
    for (const child of children) child.kill();
    await patchbay.stop();
  });

  it('shows commands that work', async () => {
    const shown: string[] = [];
    for (const block of shellBlocks(README)) shown.push(await runBlock(patchbay, block));
    assert.equal(shown.length, 1);
    assert.match(shown[0] ?? '', /消息已接收[\s\S]*"content":"Ten euros\."[\s\S]*结果已记录[\s\S]*"totalMessages":1/);
    assert.match(shown[0] ?? '', /"successRate":100,/);
  }).timeout(60_000);

  it('shows a receiver that takes what is signed with its key, and nothing else', async () => {
    const [, program = ''] = /^```js\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, README), 'utf8')) ?? [];
    const file = join(patchbay.dataDir, 'receiver.mjs');
    writeFileSync(file, program);
    const port = await freePort();
    const child = run([file], { PORT: String(port), SECRET_KEY: 'hush' });
    const body = JSON.stringify({ receivedName: 'Ada', spoken: '你好' });
    const signed = (key: string) => createHmac('sha256', key).update(body).digest('hex');
    const post = (signature: string) =>
      fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers: { 'x-signature': signature } });
    await listening(port);
    assert.deepEqual(await (await post(signed('hush'))).json(), { reply: 'Ada, you said: 你好' });
    for (const bad of [signed('other'), '', 'zz']) assert.equal((await post(bad)).status, 401);
    child.kill();
    rmSync(file);
  }).timeout(30_000);

  it('has an example of a robot, in forty lines, that is told and tells', async () => {
    assert.ok(readFileSync(join(root, 'examples/robot.ts'), 'utf8').trimEnd().split('\n').length <= 40);
    const { email, password } = ADMIN;
    const { access_token } = (await patchbay.http.post('/api/v2/auth/login', { email, password })).body;
    const admin = patchbay.http.bearer(access_token);
    const made = await admin.post('/api/admin/activation-codes', { count: 1, validityPeriod: 30 });
    const robot = run(['examples/robot.ts', made.body.data.codes[0].code, patchbay.url]);
    const [robotId] = await said(robot, /robot_\S+(?= is connected)/);
    const { data } = (
      await admin.post('/api/robot/send-message', { robotId, type: 'text', titleList: ['张三'], content: '你好！' })
    ).body;
    await said(robot, /^to 张三: 你好！$/m);
    robot.stdin?.write('What is it?\n');
    const isThere = async () => {
      const command = await patchbay.services.db.read('robots_commands').where({ command_id: data.commandId }).first();
      const message = await patchbay.services.db.read('robots_messages').where({ spoken: 'What is it?' }).first();
      return command?.status === 'succeeded' && message !== undefined;
    };
    while (!(await isThere())) await pause(20);
    robot.kill();
  }).timeout(30_000);

  function run(args: string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });
    children.push(child);
    outputs.set(child, '');
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part) => outputs.set(child, `${outputs.get(child)}${part}`));
    return child;
  }

  /** What it has said from its start on, as soon as that fits. */
  async function said(child: ChildProcess, what: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = what.exec(outputs.get(child) ?? '');
      if (found) return found;
      if (child.exitCode !== null) throw new Error(`It ended: ${outputs.get(child)}`);
      await pause(20);
    }
  }

  async function listening(port: number): Promise<void> {
    for (;;) {
      const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      );
      if (isUp) return;
      await pause(20);
    }
  }
});
