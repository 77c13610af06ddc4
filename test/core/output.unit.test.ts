/** Standard output whose reader stalls, is slow, or goes away: the process neither waits for it nor dies of it. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createOutput } from '#core/observability/output.ts';
import { CACHE, MAIN, ROOT } from '#test/support/command-line.ts';

const MB = 1024 * 1024;

describe('an output', () => {
  let fifo: string;
  let writer: number;
  let reader: number;
  let text: string;
  beforeEach(() => {
    fifo = join(mkdtempSync(join(tmpdir(), 'patchbay-output-')), 'fifo');
    execFileSync('mkfifo', [fifo]);
    openReader();
    writer = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    text = '';
  });
  afterEach(() => {
    closeSync(reader);
    closeSync(writer);
  });

  const output = (keptBytes?: number) => createOutput({ open: () => writer, keptBytes });
  const numbered = (number: number): string => `${number} ${'x'.repeat(100)}\n`;
  const numbers = (): number[] => text.split('\n').slice(0, -1).map(Number.parseFloat);

  it('writes a line at once while it is read', () => {
    const out = output();
    out.write('one\n');
    out.write('two\n');
    read();
    assert.equal(text, 'one\ntwo\n');
  });

  it('keeps what the pipe does not hold, in order and whole', async () => {
    const out = output();
    for (let number = 0; number < 20_000; number++) out.write(numbered(number));
    await until(() => numbers().length === 20_000);
    assert.ok(numbers().every((number, index) => number === index));
    assert.ok(text.split('\n').every((line) => line === '' || /^\d+ x{100}$/.test(line)));
    assert.equal(out.dropped(), 0);
  });

  it('drops what is beyond the bound, and says how much where it is missing', async () => {
    const out = output(MB);
    let told = 0;
    out.onGap((lines) => {
      told += lines;
      out.write(`-${lines}\n`);
    });
    for (let number = 0; number < 20_000; number++) out.write(numbered(number));
    const dropped = out.dropped();
    assert.ok(dropped > 5_000);
    await until(() => told > 0);
    out.write(numbered(20_000));
    await until(() => numbers().at(-1) === 20_000);
    const kept = 20_000 - dropped;
    assert.deepEqual(numbers(), [...Array(kept).keys(), -dropped, 20_000]);
    assert.equal(told, dropped);
  });

  it('goes on when its reader is gone, and begins a line of its own for the next one', async () => {
    const out = output();
    let told = 0;
    out.onGap((lines) => {
      told += lines;
    });
    for (let number = 0; number < 3_000; number++) out.write(numbered(number));
    // Page by page, until a piece that was kept is in the pipe in part.
    await until(() => numbers().length > 1_000, 4_096);
    closeSync(reader);
    await until(() => out.dropped() > 0);
    const lost = out.dropped();
    out.write('nobody\n');
    out.write('nobody\n');
    assert.equal(out.dropped(), lost + 2);
    openReader();
    out.write('somebody\n');
    await until(() => text.endsWith('\nsomebody\n'));
    assert.match(text, /\n[\dx ]{1,103}\nsomebody\n$/);
    assert.equal(numbers().length + lost, 3_002, 'what came in part is counted as lost');
    assert.equal(told, lost + 2);
  });

  function openReader(): void {
    reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  }

  /** What is in the pipe, or so much of it. */
  function read(most = MB): void {
    const piece = Buffer.alloc(most);
    try {
      text += piece.toString('utf8', 0, readSync(reader, piece));
    } catch (error) {
      assert.match(String(error), /EAGAIN|EBADF/);
    }
  }

  /** The limit of the test is the limit here. */
  async function until(isTrue: () => boolean, most?: number): Promise<void> {
    while (!isTrue()) {
      await pause(1);
      read(most);
    }
  }
});

describe('a process whose standard output is not read', () => {
  const OUTPUT = join(ROOT, 'core', 'observability', 'output.ts');
  const LINES = `import { standardOutput } from ${JSON.stringify(OUTPUT)};
    for (let n = 0; n < 10_000; n++) standardOutput.write(n + ' ' + 'x'.repeat(100) + '\\n');`;

  /** Read when the process has got as far as its exit. */
  const readLate = async (child: ChildProcess): Promise<number[]> => {
    await once(child.stderr!, 'data');
    let text = '';
    for await (const piece of child.stdout!) text += piece;
    return text.split('\n').slice(0, -1).map(Number.parseFloat);
  };

  it('loses nothing when it exits, for who reads then', async () => {
    const child = run(`${LINES} process.stderr.write('.'); process.exit(3);`);
    const ended = once(child, 'exit');
    const numbers = await readLate(child);
    assert.deepEqual(numbers, [...Array(10_000).keys()]);
    assert.deepEqual(await ended, [3, null]);
  });

  it('loses nothing of what stands before an error that nobody catches', async () => {
    const child = run(`${LINES} process.stderr.write('.'); throw new Error('the last word');`);
    let said = '';
    child.stderr!.on('data', (piece) => {
      said += piece;
    });
    const ended = once(child, 'close');
    const numbers = await readLate(child);
    assert.equal(numbers.length, 10_000);
    assert.deepEqual(await ended, [1, null]);
    assert.match(said, /the last word/);
  });

  it('exits soon when nobody ever reads', async () => {
    const child = run(`const { wait } = Atomics;
      let waits = 0;
      Atomics.wait = (...given) => (waits++, wait(...given));
      ${LINES}
      process.on('exit', () => process.stderr.write(String(waits)));
      process.exit(0);`);
    let said = '';
    child.stderr!.on('data', (piece) => {
      said += piece;
    });
    await once(child, 'close');
    // It waits for 2 ms at a time: for half a second, and not for the three that it has for who reads.
    assert.ok(Number(said) > 0 && Number(said) <= 250, `${said} times`);
  });

  it('goes on when its reader is gone', async () => {
    const child = run(`${LINES} process.stderr.write('.'); process.stdin.once('data', () => {
      for (let n = 0; n < 1_000; n++) standardOutput.write('x\\n');
      process.on('exit', () => process.stderr.write(standardOutput.dropped() > 1_000 ? 'counted' : 'not counted'));
      process.exit(0);
    });`);
    await once(child.stderr!, 'data');
    child.stdout!.destroy();
    child.stdin!.write('go on');
    const [said] = await once(child.stderr!, 'data');
    assert.equal(String(said), 'counted');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  function run(script: string): ChildProcess {
    const args = ['--input-type=module', '-e', script];
    return spawn(process.execPath, args, { cwd: ROOT, env: { PATH: process.env.PATH } });
  }
});

describe('a server whose log is not read', () => {
  const REQUESTS = 1_750;
  /** Each of them is a line of this length at least. */
  const LENGTH = 14_500;

  it('answers, says later what it kept and how much is missing, and ends', async () => {
    const server = spawn(process.execPath, [MAIN, 'start'], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        ...CACHE,
        PATCHBAY_DATADIR: mkdtempSync(join(tmpdir(), 'patchbay-output-')),
        PATCHBAY_HTTP__PORT: '0',
        PATCHBAY_HTTP__RATELIMIT__ENABLED: 'false',
        PATCHBAY_LOGGING__LEVEL: 'debug',
        PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    server.stdout.on('data', (piece) => {
      text += piece;
    });
    while (!/SMTP listens/.test(text)) await pause(20);
    const port = Number(/listening on 127\.0\.0\.1:(\d+)/.exec(text)?.[1]);
    server.stdout.pause();
    text = '';

    for (let number = 0; number < REQUESTS; number++) {
      assert.equal(await statusOf(port, `/n${number}/${'x'.repeat(LENGTH)}`), 404);
    }
    server.stdout.resume();
    while (!/are missing here/.test(text)) await pause(20);
    const last = `/n${REQUESTS}/`;
    await statusOf(port, last);
    while (!text.includes(last)) await pause(20);
    const lines = text
      .slice(0, text.lastIndexOf('\n'))
      .split('\n')
      .map((line) => JSON.parse(line));
    const seen = lines.flatMap(({ path }) => (path?.startsWith('/n') ? [Number.parseInt(path.slice(2), 10)] : []));
    assert.deepEqual(seen, [...Array(seen.length - 1).keys(), REQUESTS]);
    const missing = lines.reduce((sum, line) => sum + (line.missing ?? 0), 0);
    assert.ok(seen.length - 1 + missing >= REQUESTS, `${seen.length - 1} came, ${missing} are missing`);

    server.stdout.pause();
    for (let number = 0; number < 100; number++) await statusOf(port, `/n/${'x'.repeat(LENGTH)}`);
    server.kill('SIGTERM');
    assert.deepEqual(await once(server, 'exit'), [0, null]);
  }).timeout(180_000);

  function statusOf(port: number, path: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      get({ port, path }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode));
      }).once('error', reject);
    });
  }
});
