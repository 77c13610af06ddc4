/** Places away from the server where files are put, listed, read and deleted: S3 and WebDAV, by servers of other people. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { systemClock } from '#core/clock.ts';
import { createLog } from '#core/observability/log.ts';
import { lackOfTarget, type TargetConfig } from '#core/offsite/config.ts';
import { s3Target } from '#core/offsite/s3.ts';
import type { Target } from '#core/offsite/stored-files.ts';
import { openTarget, tryTarget } from '#core/offsite/target.ts';
import { createOutbound } from '#core/outbound/outbound.ts';
import { type OffsiteServer, s3Server, webdavServer } from '#test/support/offsite-servers.ts';

const MB = 1024 * 1024;
const signal = AbortSignal.timeout(120_000);
// Nothing private is allowed: the address is the configuration's own.
const outbound = createOutbound({ config: { allow: [] }, log: createLog({ level: 'silent' }), clock: systemClock() });
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function written(folder: string, bytes: Buffer): string {
  const file = join(folder, 'file');
  writeFileSync(file, bytes);
  return file;
}

/** Small parts, as far as the services take them. */
function opened(server: OffsiteServer, partBytes?: number): Promise<Target> {
  const config = server.config as TargetConfig;
  if (config.kind !== 's3') return openTarget(config, outbound) as Promise<Target>;
  return Promise.resolve(s3Target(config.s3, outbound, partBytes));
}

for (const [kind, start] of Object.entries({ S3: s3Server, WebDAV: webdavServer })) {
  describe(`a place for backups over ${kind}`, function () {
    this.timeout(120_000);
    let server: OffsiteServer;
    let folder: string;
    beforeEach(async () => {
      server = await start();
      folder = mkdtempSync(join(tmpdir(), 'patchbay-offsite-'));
    });
    afterEach(async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    });

    it('takes files small and large, and gives back the same bytes', async () => {
      const target = await opened(server, 5 * MB);
      assert.deepEqual(await target.list(signal), []);
      const large = randomBytes(12 * MB + 7);
      let told = 0;
      await target.put('large.age', written(folder, large), { signal, report: (done) => (told = done) });
      await target.put('small one+é.txt', written(folder, Buffer.from('small')), { signal });
      await target.put('small one+é.txt', written(folder, Buffer.from('other')), { signal });
      assert.equal(told, large.length);
      const found = (await target.list(signal)).toSorted((one, other) => (one.name < other.name ? -1 : 1));
      assert.deepEqual(found, [
        { name: 'large.age', size_bytes: large.length },
        { name: 'small one+é.txt', size_bytes: 5 },
      ]);
      assert.equal(sha(await buffer(await target.open('large.age', signal))), sha(large));
      assert.equal(String(await buffer(await target.open('small one+é.txt', signal))), 'other');
      await target.remove('large.age', signal);
      await target.remove('large.age', signal);
      assert.deepEqual(
        (await target.list(signal)).map(({ name }) => name),
        ['small one+é.txt'],
      );
      await assert.rejects(target.open('large.age', signal), /GET large.age was answered with status 404/);
    });

    it('is tried with a small file, of which nothing stays', async () => {
      const target = await opened(server);
      await tryTarget(target, signal);
      assert.deepEqual(await target.list(signal), []);
    });

    it('is asked again when it fails in passing', async () => {
      const target = await opened(server);
      let failures = 2;
      server.door = (_, response) => {
        if (failures-- <= 0) return false;
        response.writeHead(503, { 'retry-after': '1' }).end('busy');
        return true;
      };
      await target.put('name', written(folder, Buffer.from('here')), { signal });
      assert.equal(String(await buffer(await target.open('name', signal))), 'here');
    });

    it('says what it refuses, and nothing half stays', async () => {
      const target = await opened(server, 5 * MB);
      const file = written(folder, randomBytes(12 * MB));
      const isLast = (url = ''): boolean => /partNumber=3|\.part$/.test(url);
      server.door = (request, response) => {
        if (request.method !== 'PUT' || !isLast(request.url)) return false;
        // In the midst of what is sent.
        request.once('data', () => request.socket.destroy());
        response.on('error', () => {});
        return true;
      };
      await assert.rejects(target.put('name', file, { signal }), /^TargetError: PUT name/);
      server.door = null;
      assert.deepEqual(await target.list(signal), []);
      assert.ok(
        server.asked.some((one) => one.startsWith('DELETE ') && /uploadId=|\.part$/.test(one)),
        'it is taken back',
      );
      server.door = (_, response) => {
        response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Not you</Message></Error>');
        return true;
      };
      await assert.rejects(target.put('name', file, { signal }), /status 403 \(AccessDenied, Not you\)/);
    });

    it('ends when it is told to, and takes back what was cut off', async () => {
      const target = await opened(server, 5 * MB);
      const ending = new AbortController();
      let upload = '';
      await assert.rejects(
        target.put('name', written(folder, randomBytes(12 * MB)), {
          signal: ending.signal,
          begun: async (id) => {
            upload = id;
          },
          report: () => ending.abort(new Error('told to end')),
        }),
        /told to end/,
      );
      assert.notEqual(upload, '');
      await target.discard('name', upload, signal);
      assert.deepEqual(await target.list(signal), []);
    });

    it('refuses who has another key', async () => {
      const { config } = server;
      const key = kind === 'S3' ? { accessKeyId: 'wrong' } : { password: 'wrong' };
      const part = config[String(config.kind)] as Record<string, unknown>;
      server.config = { ...config, [String(config.kind)]: { ...part, ...key } };
      const target = await opened(server);
      await assert.rejects(
        tryTarget(target, signal),
        kind === 'S3' ? /status 403 \(InvalidAccessKeyId/ : /status 40[13]/,
      );
    });
  });
}

describe('places for backups', () => {
  it('are lists of more pages than one', async () => {
    const server = await s3Server();
    try {
      const target = await opened(server);
      // The server knows no pages where OpenSSL knows no DES.
      server.door = (request, response) => {
        const next = new URL(request.url ?? '', server.url).searchParams.get('continuation-token');
        const more =
          next === null && '<IsTruncated>true</IsTruncated><NextContinuationToken>1/+=</NextContinuationToken>';
        const key = next === '1/+=' ? 'two' : 'one';
        const contents = `<Contents><Key>patchbay/${key}</Key><Size>7</Size></Contents>`;
        response.end(`<ListBucketResult>${more || '<IsTruncated>false</IsTruncated>'}${contents}</ListBucketResult>`);
        return true;
      };
      const pages = ['one', 'two'].map((name) => ({ name, size_bytes: 7 }));
      assert.deepEqual(await target.list(signal), pages);
    } finally {
      await server.stop();
    }
  });

  it('are read no further than the beginning of what they say when they refuse', async () => {
    const server = await s3Server();
    try {
      const target = await opened(server);
      server.door = (_request, response) => {
        response.statusCode = 403;
        const more = (): void => {
          while (response.write('no '.repeat(100_000)));
        };
        response.on('drain', more);
        more();
        return true;
      };
      await assert.rejects(target.open('endless', signal), /status 403/);
    } finally {
      await server.stop();
    }
  });

  it('are tried with the beginning of what they give, which may have no end', async () => {
    let name = '';
    let given = 0;
    const endless: Target = {
      label: 'endless',
      async put(named) {
        name = named;
      },
      list: async () => [{ name, size_bytes: `A test of Patchbay, which deletes it again: ${name}\n`.length }],
      open: async () =>
        new Readable({
          read() {
            given++;
            this.push(Buffer.alloc(65_536));
          },
        }),
      remove: async () => {},
      discard: async () => {},
    };
    await assert.rejects(tryTarget(endless, signal), /read as something else/);
    assert.ok(given < 20, String(given));
  });

  it('have all that they need, or say what is missing', () => {
    const none = { kind: 'none', s3: {}, webdav: {}, sftp: {} } as TargetConfig;
    assert.equal(lackOfTarget(none), null);
    const s3 = { endpoint: 'https://s3.example', bucket: '', accessKeyId: 'a', secretAccessKey: '' };
    const lack = lackOfTarget({ ...none, kind: 's3', s3 } as TargetConfig);
    assert.equal(lack, 'backups.target.kind is s3, so backups.target.s3 needs bucket, secretAccessKey');
  });
});
