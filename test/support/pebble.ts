/** An authority for tests: Let's Encrypt's own Pebble, with its name server, which looks at ports of this machine. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { pebble } from '#scripts/pebble.ts';
import { freePort } from './free-port.ts';

export interface Authority {
  directory: string;
  /** Whom the authority has its own certificate from. */
  caFile: string;
  /** Whom those have theirs from that it gives. */
  root: string;
  /** Where it looks for names. */
  httpPort: number;
  /** Names lead to 127.0.0.1, unless told otherwise. */
  leads(name: string, address: string): Promise<void>;
  stop(): Promise<void>;
}

export interface AuthorityOptions {
  /** Of a hundred nonces, so many are refused. */
  refusedNonces?: number;
  /** Longest time before it looks. */
  slownessSeconds?: number;
  /** Of the certificates. */
  validSeconds?: number;
}

export async function startAuthority(options: AuthorityOptions = {}): Promise<Authority> {
  const { refusedNonces = 0, slownessSeconds = 0, validSeconds = 90 * 86_400 } = options;
  const programs = pebble();
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-pebble-'));
  const [port, management, httpPort, tlsPort, dns, names] = await Promise.all(Array.from({ length: 6 }, freePort));
  const own = await certificateOfThisMachine();
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const caFile = file('own.pem', own.cert);
  const config = file(
    'config.json',
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${port}`,
        managementListenAddress: `127.0.0.1:${management}`,
        certificate: caFile,
        privateKey: file('own-key.pem', own.private),
        httpPort,
        tlsPort,
        ocspResponderURL: '',
        certificateValidityPeriod: validSeconds,
      },
    }),
  );
  const off = ['-http01', '-https01', '-tlsalpn01', ...laterDoors(programs.names)].flatMap((door) => [door, '']);
  const where = ['-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${names}`];
  const nameServer = spawn(programs.names, [...off, ...where, '-defaultIPv4', '127.0.0.1', '-defaultIPv6', ''], {
    stdio: 'ignore',
  });
  const authority = spawn(programs.authority, ['-config', config, '-dnsserver', `127.0.0.1:${dns}`], {
    stdio: 'ignore',
    env: {
      ...process.env,
      PEBBLE_WFE_NONCEREJECT: String(refusedNonces),
      PEBBLE_AUTHZREUSE: '0',
      ...(slownessSeconds === 0 ? { PEBBLE_VA_NOSLEEP: '1' } : { PEBBLE_VA_SLEEPTIME: String(slownessSeconds) }),
    },
  });
  const directory = `https://127.0.0.1:${port}/dir`;
  await answer(directory, own.cert);
  const root = await answer(`https://127.0.0.1:${management}/roots/0`, own.cert);

  return {
    directory,
    caFile,
    root,
    httpPort: httpPort ?? 0,
    async leads(name, address) {
      const body = JSON.stringify({ host: `${name}.`, addresses: [address] });
      await fetch(`http://127.0.0.1:${names}/clear-a`, { method: 'POST', body });
      await fetch(`http://127.0.0.1:${names}/add-a`, { method: 'POST', body });
    },
    async stop() {
      await Promise.all([ended(authority), ended(nameServer)]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Newer versions answer names over HTTPS as well, on a port that another test may have. */
function laterDoors(program: string): string[] {
  const { stderr } = spawnSync(program, ['--help'], { encoding: 'utf8' });
  return /^\s+-doh\b/m.test(stderr) ? ['-doh'] : [];
}

async function certificateOfThisMachine(): Promise<{ cert: string; private: string }> {
  const names = { name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] };
  return generate([{ name: 'commonName', value: '127.0.0.1' }], { keyType: 'ec', extensions: [names] });
}

/** Once it is there. */
async function answer(url: string, ca: string): Promise<string> {
  for (let time = 0; ; time++) {
    try {
      return await textAt(url, ca);
    } catch (error) {
      if (time > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function textAt(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve(text);
    }).once('error', reject);
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
