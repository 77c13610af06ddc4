/** Servers that sources are read from: git's own over HTTP, one of WebDAV, and a site. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { v2 as webdav } from 'webdav-server';

interface Served {
  url: string;
  stop(): Promise<void>;
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Served> {
  return served(createServer(answer));
}

async function served(server: Server): Promise<Served> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface SiteServer extends Served {
  /** Path to what stands there; null answers 404. */
  pages: Map<string, string>;
  asked: string[];
}

export async function siteServer(): Promise<SiteServer> {
  const pages = new Map<string, string>();
  const asked: string[] = [];
  const server = await serve((request, response) => {
    asked.push(request.url ?? '');
    const page = pages.get(request.url ?? '');
    if (page === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': page.startsWith('<?xml') ? 'text/xml' : 'text/html' }).end(page);
  });
  return { ...server, pages, asked };
}

type Said = [number, string];

/** One that says what nobody's program would. */
export function answeringServer(answer: (request: IncomingMessage) => Said | Promise<Said>): Promise<Served> {
  return serve(async (request, response) => {
    const [status, body] = await answer(request);
    response.writeHead(status).end(body);
  });
}

export interface GitServer extends Served {
  /** Commits these files, in place of those that are there; null removes one. */
  commit(files: Readonly<Record<string, string | null>>): void;
  requests: string[];
}

/** Null where git is not installed. */
export async function gitServer(authorization: string | null): Promise<GitServer | null> {
  const backend = backendOfGit();
  if (backend === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-git-'));
  const work = join(folder, 'shop.git');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
      cwd: work,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  mkdirSync(work);
  git('init', '--quiet', '--initial-branch=main');
  const requests: string[] = [];
  const server = await serve((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (authorization !== null && request.headers.authorization !== authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    void runBackend(backend, folder, request, response);
  });
  return {
    ...server,
    requests,
    commit(files) {
      for (const [name, content] of Object.entries(files)) {
        const path = join(work, name);
        mkdirSync(dirname(path), { recursive: true });
        if (content === null) rmSync(path);
        else writeFileSync(path, content);
      }
      git('add', '--all');
      git('commit', '--quiet', '--message', 'x');
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function backendOfGit(): string | null {
  try {
    const path = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/** By CGI (RFC 3875), as web servers do. */
async function runBackend(
  backend: string,
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
  const child = spawn(backend, {
    env: {
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      QUERY_STRING: searchParams.toString(),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk);
  const said = Buffer.concat(chunks);
  const end = said.indexOf('\r\n\r\n');
  const headers = said.toString('latin1', 0, end).split('\r\n');
  const pairs = headers.map((line) => line.split(/:\s*/, 2) as [string, string]);
  const status = Number(pairs.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200);
  response.writeHead(status, Object.fromEntries(pairs.filter(([name]) => name !== 'Status')));
  response.end(said.subarray(end + 4));
}

export interface DavServer extends Served {
  put(path: string, content: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** With one person, Ada. */
export async function davServer(password: string): Promise<DavServer> {
  const people = new webdav.SimpleUserManager();
  const ada = people.addUser('ada', password, false);
  const rights = new webdav.SimplePathPrivilegeManager();
  rights.setRights(ada, '/', ['all']);
  const dav = new webdav.WebDAVServer({
    httpAuthentication: new webdav.HTTPBasicAuthentication(people, 'files'),
    privilegeManager: rights,
    requireAuthentification: true,
  });
  const server = await served(createServer((request, response) => dav.executeRequest(request, response)));
  const call = async (method: string, path: string, body?: string): Promise<void> => {
    const authorization = `Basic ${Buffer.from(`ada:${password}`).toString('base64')}`;
    const answer = await fetch(server.url + encodeURI(path), {
      method,
      headers: { authorization },
      ...(body !== undefined && { body }),
    });
    if (!answer.ok && answer.status !== 405) throw new Error(`${method} ${path}: ${answer.status}`);
  };
  return {
    ...server,
    async put(path, content) {
      const folders = path.split('/').slice(1, -1);
      for (const [place] of folders.entries()) await call('MKCOL', `/${folders.slice(0, place + 1).join('/')}/`);
      await call('PUT', path, content);
    },
    remove: (path) => call('DELETE', path),
  };
}
