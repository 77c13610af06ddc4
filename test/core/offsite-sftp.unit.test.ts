/** A folder over SFTP as a place for backups: against OpenSSH's own server, slow and dying midway, and with a password. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import ssh2 from 'ssh2';
import { lackOfTarget, type TargetConfig } from '#core/offsite/config.ts';
import { HostKeyError } from '#core/offsite/host-key.ts';
import { sftpTarget } from '#core/offsite/sftp.ts';
import { tryTarget } from '#core/offsite/target.ts';
import { makeKey, type SftpServer, sftpServer } from '#test/support/sftp-server.ts';
import { startTcpProxy, type TcpProxy } from '#test/support/tcp-proxy.ts';

type Sftp = TargetConfig['sftp'];

const MB = 1024 * 1024;
const signal = AbortSignal.timeout(180_000);
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a place for backups over SFTP', function () {
  this.timeout(120_000);
  let server: SftpServer;
  let proxy: TcpProxy;
  let mine: string;
  beforeEach(async () => {
    server = await sftpServer();
    proxy = await startTcpProxy(server);
    mine = mkdtempSync(join(tmpdir(), 'patchbay-mine-'));
  });
  afterEach(async () => {
    await proxy?.stop();
    await server?.stop();
    rmSync(mine, { recursive: true });
  });

  const sftp = (changed: Partial<Sftp> = {}): Sftp => ({ ...(server.config.sftp as Sftp), ...changed });
  const behind = (): Sftp => sftp({ port: proxy.port });
  const there = (): string[] => readdirSync(join(server.folder, 'patchbay'));
  function written(bytes: Buffer): string {
    const file = join(mine, 'file');
    writeFileSync(file, bytes);
    return file;
  }

  it('takes files small and large, readable by their user alone, and gives back the same bytes', async () => {
    const target = sftpTarget(sftp());
    assert.equal(target.label, `sftp://${server.user}@127.0.0.1:${server.port}${server.folder}/patchbay/`);
    assert.deepEqual(await target.list(signal), []);
    const large = randomBytes(12 * MB + 7);
    let told = 0;
    await target.put('large.age', written(large), { signal, report: (done) => (told = done) });
    await target.put('small one+é.txt', written(Buffer.from('small')), { signal });
    await target.put('small one+é.txt', written(Buffer.from('other')), { signal });
    assert.equal(told, large.length);
    mkdirSync(join(server.folder, 'patchbay', 'a folder'));
    writeFileSync(join(server.folder, 'patchbay', 'half.part'), 'of somebody');
    const found = (await target.list(signal)).toSorted((one, other) => (one.name < other.name ? -1 : 1));
    assert.deepEqual(found, [
      { name: 'large.age', size_bytes: large.length },
      { name: 'small one+é.txt', size_bytes: 5 },
    ]);
    assert.equal(statSync(join(server.folder, 'patchbay', 'large.age')).mode & 0o077, 0);
    assert.equal(sha(await buffer(await target.open('large.age', signal))), sha(large));
    assert.equal(String(await buffer(await target.open('small one+é.txt', signal))), 'other');
    await target.remove('large.age', signal);
    await target.remove('large.age', signal);
    assert.deepEqual(there().toSorted(), ['a folder', 'half.part', 'small one+é.txt']);
    await assert.rejects(target.open('large.age', signal), /^TargetError: Reading large.age in .*: No such file/);
  });

  it('is tried with a small file, of which nothing stays', async () => {
    await tryTarget(sftpTarget(sftp()), signal);
    assert.deepEqual(there(), []);
  });

  it('is sent nothing before its key is confirmed, and shows it', async () => {
    const target = sftpTarget(sftp({ fingerprint: '' }));
    await assert.rejects(tryTarget(target, signal), (error) => {
      assert.ok(error instanceof HostKeyError);
      assert.equal(error.seen, server.fingerprint);
      assert.match(error.message, /nobody has said that it is the right one/);
      return true;
    });
    // Confirmed as it is shown, or as `ssh-keygen -lf` prints it.
    await tryTarget(sftpTarget(sftp({ fingerprint: server.fingerprint })), signal);
    await tryTarget(sftpTarget(sftp({ fingerprint: server.fingerprint.split(' ')[1] ?? '' })), signal);
  });

  it('is refused when its key has changed', async () => {
    const target = sftpTarget(sftp());
    await tryTarget(target, signal);
    const former = server.fingerprint;
    await server.changeKey();
    await assert.rejects(target.put('name', written(Buffer.from('secret')), { signal }), (error) => {
      assert.ok(error instanceof HostKeyError);
      assert.ok(error.message.includes(`${server.fingerprint}, not ${former}. Nothing was sent`), error.message);
      return true;
    });
    assert.deepEqual(there(), []);
    await assert.rejects(sftpTarget(sftp({ fingerprint: 'ssh-rsa SHA256:x' })).list(signal), /no matching host key/i);
  });

  it('says who is not let in, which key cannot be read, and where nothing may be written', async () => {
    const other = join(mine, 'other');
    makeKey(other);
    const key = { privateKey: readFileSync(other, 'utf8') };
    await assert.rejects(
      sftpTarget(sftp(key)).list(signal),
      /127\.0\.0\.1 does not let .+ in with this password or key/,
    );
    makeKey(`${other}-shut`, 'a passphrase');
    const shut = { privateKey: readFileSync(`${other}-shut`, 'utf8') };
    await assert.rejects(sftpTarget(sftp(shut)).list(signal), /Cannot parse privateKey: Encrypted.*no passphrase/);
    const far = join(server.folder, 'not', 'there');
    const put = sftpTarget(sftp({ folder: far })).put('name', written(Buffer.from('x')), { signal });
    await assert.rejects(put, /The folder .+not\/there is not there and cannot be made: No such file/);
  });

  it('is asked again when it is not there for a moment', async () => {
    proxy.shut();
    setTimeout(() => proxy.open(), 400);
    await sftpTarget(behind()).put('name', written(Buffer.from('here')), { signal });
    assert.deepEqual(there(), ['name']);
  });

  it('begins anew when the connection is cut off midway, and has the whole file', async () => {
    const bytes = randomBytes(8 * MB);
    let cuts = 0;
    const report = (done: number): void => {
      if (done > 2 * MB && cuts++ === 0) proxy.cut();
    };
    await sftpTarget(behind()).put('name', written(bytes), { signal, report });
    assert.ok(cuts > 1, 'it was cut off, and sent again');
    assert.deepEqual(there(), ['name']);
    assert.equal(sha(readFileSync(join(server.folder, 'patchbay', 'name'))), sha(bytes));
  });

  it('has no half file under the name when the server dies for good, and what is left is taken back', async () => {
    let upload = '';
    const put = sftpTarget(behind()).put('name', written(randomBytes(8 * MB)), {
      signal,
      async begun(path) {
        upload = path;
      },
      report: () => {
        proxy.shut();
        proxy.cut();
      },
    });
    await assert.rejects(put, /^TargetError: Sending name/);
    assert.ok(upload.endsWith('/name.part'));
    assert.ok(!existsSync(join(server.folder, 'patchbay', 'name')));
    proxy.open();
    const target = sftpTarget(behind());
    assert.deepEqual(await target.list(signal), []);
    await target.discard('name', upload, signal);
    assert.deepEqual(there(), []);
  });

  it('ends when it is told to while the server says nothing any more', async () => {
    const ending = new AbortController();
    const put = sftpTarget(behind()).put('name', written(randomBytes(8 * MB)), {
      signal: ending.signal,
      report() {
        proxy.goSilent();
        setTimeout(() => ending.abort(new Error('told to end')), 100);
      },
    });
    await assert.rejects(put, /told to end/);
    const target = sftpTarget(sftp());
    await target.discard('name', '', signal);
    assert.deepEqual(there(), []);
  });

  it('tells who reads when the connection is lost before the end', async () => {
    await sftpTarget(sftp()).put('name', written(randomBytes(8 * MB)), { signal });
    const stream = await sftpTarget(behind()).open('name', signal);
    stream.once('data', () => proxy.cut());
    await assert.rejects(buffer(stream), /Reading name/);
  });

  it('is slow with who speaks another language, and is not waited for without end', async () => {
    const deaf = createServer((socket) => void socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    deaf.listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const { port } = deaf.address() as AddressInfo;
    await assert.rejects(sftpTarget(sftp({ port })).list(signal), /^TargetError: The list/);
    deaf.close();
  });

  it('is entered with a password, also where it is asked for as a question', async () => {
    const keys = new Map<string, string>();
    for (const way of ['password', 'keyboard-interactive'] as const) {
      const tried: string[] = [];
      const file = join(mine, way);
      makeKey(file);
      keys.set(way, readFileSync(file, 'utf8'));
      const other = new ssh2.Server({ hostKeys: [readFileSync(file)] }, (client) => {
        client.on('error', () => {});
        client.on('authentication', (context) => {
          tried.push(context.method);
          const judge = (word: unknown): void => (word === 'lovelace' ? context.accept() : context.reject([way]));
          if (context.method !== way) context.reject([way]);
          else if (context.method === 'password') judge(context.password);
          else if (context.method === 'keyboard-interactive')
            context.prompt([{ prompt: 'Password: ', echo: false }], '', ([word]) => judge(word));
        });
        client.on('ready', () =>
          client.on('session', (accept) =>
            accept().on('sftp', (take) => {
              const files = take();
              files.on('OPENDIR', (id) => files.handle(id, Buffer.from('1')));
              files.on('READDIR', (id) => files.status(id, 1));
              files.on('CLOSE', (id) => files.status(id, 0));
            }),
          ),
        );
      });
      other.listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const config = sftp({ port, privateKey: '', password: 'lovelace', fingerprint: '' });
      const refusal = await sftpTarget(config)
        .list(signal)
        .then(
          () => null,
          (error: unknown) => error,
        );
      assert.deepEqual(tried, [], 'nobody signs in at a server that is not confirmed');
      const known = { ...config, fingerprint: (refusal as HostKeyError).seen };
      assert.deepEqual(await sftpTarget(known).list(signal), []);
      await assert.rejects(sftpTarget({ ...known, password: 'wrong' }).list(signal), /does not let .+ in/);
      other.close();
    }
  });

  it('lists no more than there can be, whatever a server goes on to give', async () => {
    const file = join(mine, 'key');
    makeKey(file);
    let given = 0;
    const endless = new ssh2.Server({ hostKeys: [readFileSync(file)] }, (client) => {
      client.on('error', () => {});
      // It has it, though its types do not; without it each answer waits for an acknowledgement.
      (client as unknown as Socket).setNoDelay(true);
      client.on('authentication', (context) => context.accept());
      client.on('ready', () =>
        client.on('session', (accept) =>
          accept().on('sftp', (take) => {
            const files = take();
            files.on('OPENDIR', (id) => files.handle(id, Buffer.from('1')));
            const attrs = { mode: 0o100600, uid: 0, gid: 0, size: 1, atime: 0, mtime: 0 };
            const names = Array.from({ length: 100 }, (_, at) => ({ filename: `${at}`, longname: '', attrs }));
            files.on('READDIR', (id) => {
              given += names.length;
              files.name(id, names as never);
            });
          }),
        ),
      );
    });
    endless.listen(0, '127.0.0.1');
    await once(endless, 'listening');
    const { port } = endless.address() as AddressInfo;
    const config = sftp({ port, privateKey: '', password: 'lovelace', fingerprint: '' });
    const refusal = await sftpTarget(config)
      .list(signal)
      .catch((error: HostKeyError) => error);
    const known = { ...config, fingerprint: (refusal as HostKeyError).seen };
    await assert.rejects(sftpTarget(known).list(signal), /more files in .+ than can be listed/);
    assert.ok(given < 60_000, String(given));
    endless.close();
  });

  it('needs somebody to be at a host, and a password or a key', () => {
    const config = { kind: 'sftp', sftp: { host: 'h', user: '', password: '', privateKey: '' } };
    const lack = lackOfTarget({ s3: {}, webdav: {}, ...config } as TargetConfig);
    assert.equal(lack, 'backups.target.kind is sftp, so backups.target.sftp needs user, password or privateKey');
  });
});
