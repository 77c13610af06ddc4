/** A server of S3 for each test of a suite, and a platform whose bytes go there. */
import { randomBytes } from 'node:crypto';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { startPlatform, type TestOptions, type TestPlatform } from '#test/support/harness.ts';
import { type OffsiteServer, s3Server } from '#test/support/offsite-servers.ts';

const HOUR_MS = 3600_000;
const OBJECT = '._S3rver_object';
const BLOB = /blobs\/[0-9a-f]{48}-[0-9a-f]{8}\._S3rver_object$/;

/** To be called in a `describe`: the server is there for each test, and both are gone after it. */
export function useBucket(plugins: TestOptions['plugins'] = {}) {
  let server: OffsiteServer;
  let app: TestPlatform | null = null;
  beforeEach(async () => {
    server = await s3Server();
  });
  afterEach(async () => {
    await app?.stop();
    app = null;
    await server.stop();
  });

  return {
    get server(): OffsiteServer {
      return server;
    },
    get app(): TestPlatform {
      if (!app) throw new Error('It was not started');
      return app;
    },
    storage,
    start,
    cut,
    store,
    leave,
    remove,
    all,
    objects,
    age,
    files,
  };

  function storage(more = {}): Record<string, unknown> {
    return { kind: 's3', s3: server.config.s3, ...more };
  }

  async function start(more = {}, options: TestOptions = {}): Promise<TestPlatform> {
    app = await startPlatform({ plugins, config: { storage: storage(more) }, ...options });
    return app;
  }

  /** From now on each connection is broken; `server.door = null` ends it. */
  function cut(): void {
    server.door = (request) => {
      request.socket.destroy();
      return true;
    };
  }

  /** Gives the ids of rows, which all point to these bytes. */
  async function store(bytes: Buffer = randomBytes(100_000), rows = 1): Promise<number[]> {
    const { blobs, db } = started().services;
    const stored = await written(bytes);
    return db.transaction((trx) => blobs.insert(trx, Array(rows).fill(stored)));
  }

  /** Stored, and in no row. */
  async function leave(bytes: Buffer = randomBytes(100_000)): Promise<void> {
    await written(bytes);
  }

  async function written(bytes: Buffer) {
    const writer = started().services.blobs.writer();
    for (let at = 0; at < bytes.length; at += 50_000) await writer.write(bytes.subarray(at, at + 50_000));
    return writer.finish();
  }

  function remove(ids: number[]): Promise<void> {
    const { blobs, db } = started().services;
    return db.transaction((trx) => blobs.remove(trx, ids));
  }

  /** All objects, by what the server has on its disk. */
  async function all(): Promise<string[]> {
    return (await readdir(server.folder, { recursive: true })).filter((name) => name.endsWith(OBJECT));
  }

  /** Those that are named as blobs. */
  async function objects(): Promise<string[]> {
    return (await all()).filter((name) => BLOB.test(name));
  }

  /** All objects are older by so much, by the service's own clock. */
  async function age(hours: number): Promise<void> {
    const at = new Date(Date.now() - hours * HOUR_MS);
    for (const name of await all()) await utimes(join(server.folder, name), at, at);
  }

  /** Files of bytes in a data folder. */
  async function files(dataDir = started().dataDir): Promise<string[]> {
    const found = await readdir(join(dataDir, 'files'), { recursive: true, withFileTypes: true });
    return found.filter((one) => one.isFile()).map(({ name }) => name);
  }

  function started(): TestPlatform {
    if (!app) throw new Error('It was not started');
    return app;
  }
}
