/** What a task has begun outside of this process, and what becomes of it when the task is stopped. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, startBench } from './support.ts';

describe('what a task has begun elsewhere', () => {
  let bench: Bench;
  let folder: string;
  let server: Server | undefined;
  const path = process.env.PATH;
  beforeEach(async () => {
    bench = await startBench({ plugins: { workflows: { shell: true } } as any });
    folder = await mkdtemp(join(tmpdir(), 'stopping-'));
  });
  afterEach(async () => {
    process.env.PATH = path;
    await bench.app.stop();
    server?.closeAllConnections();
    server?.close();
    server = undefined;
    await rm(folder, { recursive: true });
  });

  const until = async (isSo: () => boolean | Promise<boolean>) => {
    for (let tries = 0; tries < 4_000; tries++) {
      if (await isSo()) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('It never came to that');
  };
  const textOf = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '');
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('is ended with the shell that has started it', async () => {
    await bench.publish(
      'shell',
      `do: [ { s: { run: { shell: { command: 'sleep 600 & echo $! > ${folder}/pid; wait' } } } } ]`,
    );
    const id = await bench.start('shell');
    await until(async () => (await textOf('pid')).endsWith('\n'));
    const pid = Number(await textOf('pid'));
    assert.ok(isAlive(pid));
    await bench.admin.post(`/api/platform/executions/${id}/cancel`);
    await until(() => !isAlive(pid));
  });

  it('is a container, which is killed by its name', async () => {
    const docker = `#!/bin/sh\necho "$@" >> ${folder}/calls\n[ "$1" = kill ] || sleep 600\n`;
    await writeFile(join(folder, 'docker'), docker, { mode: 0o755 });
    process.env.PATH = `${folder}:${path}`;
    await bench.publish('box', 'do: [ { c: { timeout: { after: PT1M }, run: { container: { image: alpine } } } } ]');
    const id = await bench.start('box');
    await until(async () => (await textOf('calls')).endsWith('\n'));
    await bench.app.clock.advance(61_000);
    await bench.until(id, ({ status }) => status === 'faulted');
    await until(async () => /^run --rm --name (patchbay-\S+) alpine\nkill \1\n$/.test(await textOf('calls')));
  });

  it('is a session of MCP, which is ended when the answer is there', async () => {
    const seen: string[] = [];
    server = createServer((request, response) => {
      seen.push(`${request.method} ${request.headers['mcp-session-id'] ?? ''}`);
      response.setHeader('content-type', 'application/json').setHeader('mcp-session-id', 'session-1');
      if (request.method === 'DELETE') response.statusCode = 405;
      response.end('{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}');
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await bench.publish(
      'mcp',
      `do: [ { c: { call: mcp, with: { method: tools/list, transport: { http: { endpoint: '${address}' } } } } } ]`,
    );
    const { status, output } = await bench.run('mcp');
    assert.deepEqual([status, output], ['completed', { tools: [] }]);
    await until(() => seen.length === 4);
    assert.deepEqual(seen, ['POST ', 'POST session-1', 'POST session-1', 'DELETE session-1']);
  });
});
