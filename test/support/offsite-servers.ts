/** Servers that copies of backups go to, by other people's programs, behind a door that can be slow, broken or shut. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v2 as webdav } from 'webdav-server';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
/** Answers in place of the server, and says so with true. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface OffsiteServer {
  url: string;
  /** What was asked: `PUT /backups/name?partNumber=1`. */
  asked: string[];
  /** Null: all goes through. */
  door: Door | null;
  /** Where its files lie. */
  folder: string;
  config: Record<string, unknown>;
  stop(): Promise<void>;
}

/** `s3rver` has no types, and needs these alone. */
interface S3rver {
  configureBuckets(): Promise<unknown>;
  getMiddleware(): Answer;
}
const s3rver: new (options: object) => S3rver = createRequire(import.meta.url)('s3rver');

/** Of one bucket. It knows keys by their ids; signatures of the fourth version it does not check. */
export async function s3Server({ port = 0 } = {}): Promise<OffsiteServer> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-s3-'));
  const store = new s3rver({
    directory: folder,
    silent: true,
    vhostBuckets: false,
    allowMismatchedSignatures: false,
    configureBuckets: [{ name: 'backups' }],
  });
  await store.configureBuckets();
  const answer = store.getMiddleware();
  return served({ folder, answer, port }, (url) => ({
    kind: 's3',
    s3: {
      endpoint: url,
      region: 'us-east-1',
      bucket: 'backups',
      prefix: 'patchbay/',
      accessKeyId: 'S3RVER',
      secretAccessKey: 'S3RVER',
    },
  }));
}

/** With the user `ada`. */
export async function webdavServer(): Promise<OffsiteServer> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-webdav-'));
  const root = join(folder, 'root');
  mkdirSync(root);
  const users = new webdav.SimpleUserManager();
  const user = users.addUser('ada', 'lovelace', false);
  const rights = new webdav.SimplePathPrivilegeManager();
  rights.setRights(user, '/', ['all']);
  const server = new webdav.WebDAVServer({
    httpAuthentication: new webdav.HTTPBasicAuthentication(users, 'backups'),
    privilegeManager: rights,
    requireAuthentification: true,
  });
  await server.setFileSystemAsync('/', new webdav.PhysicalFileSystem(root));
  const answer: Answer = (request, response) => server.executeRequest(request, response);
  return served({ folder: root, answer, port: 0 }, (url) => ({
    kind: 'webdav',
    webdav: { url: `${url}/patchbay`, user: 'ada', password: 'lovelace' },
  }));
}

async function served(
  { folder, answer, port }: { folder: string; answer: Answer; port: number },
  configFor: (url: string) => Record<string, unknown>,
): Promise<OffsiteServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (!one.door?.(request, response)) answer(request, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const one: OffsiteServer = {
    url,
    asked,
    door: null,
    folder,
    config: configFor(url),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return one;
}
