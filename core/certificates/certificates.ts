/**
 * Certificates of the doors of this server: those that come by themselves, which stand in the database and are the same for every
 * replica at once, and those in files of the operator.
 */
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { SecureContext } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { messageOf } from '../errors.ts';
import type { Notices } from '../events/notices.ts';
import { DAY_MS } from '../iso-time.ts';
import type { Logger } from '../observability/log.ts';
import type { Secrets } from '../security/secrets.ts';
import type { CertificateFiles, TlsConfig } from './config.ts';
import { covers, type KeyPair, type UsableCertificate } from './read-certificate.ts';
import type { CertificateRow } from './rows.ts';
import { selfSignedIn, sharedSelfSigned } from './self-signed.ts';
import { CERTIFICATE_CHANGED, type CertificateStore, createCertificateStore } from './store.ts';
import { type WatchedFiles, watchFiles } from './watched-files.ts';

/** `waiting`: there is none yet. `ending`: its end is near, and there should be a new one by now. */
export type CertificateState = 'waiting' | 'valid' | 'ending' | 'ended';

export interface KnownCertificate {
  source: 'authority' | 'file';
  /** A name of the configuration, or the path of the file. */
  id: string;
  names: string[];
  issuer: string | null;
  begins_at: number | null;
  ends_at: number | null;
  state: CertificateState;
  /** When the next one is got by itself. */
  next_at: number | null;
  tried_at: number | null;
  failures: number;
  /** Why the last try came to nothing. */
  error: string | null;
}

export interface Certificates {
  /** Of what comes by itself; null where nothing does. */
  store: CertificateStore | null;
  /** The one for a host that a client has named; null when none is for it. */
  contextFor(host: string): SecureContext | null;
  /** The same with its key. */
  pairFor(host: string): KeyPair | null;
  /** For clients of the web that name no host; one that nobody vouches for while there is no other. */
  anyPair(): Promise<KeyPair>;
  /** One that nobody vouches for, made once and the same for every replica. Once the database is there. */
  selfSigned(name: string, hostname: string): Promise<KeyPair>;
  /** More files of the operator, for doors of a plugin. Throws a ConfigError when they cannot be used; `where` names their key. */
  watch(files: CertificateFiles, where: string): WatchedFiles;
  /** Told when another certificate is to be used. Gives a function that ends it. */
  onChange(fn: () => void): () => void;
  list(): Promise<KnownCertificate[]>;
  /** Throws a ConfigError when files of the configuration cannot be used. */
  check(): void;
  /** Before the doors are opened: files are there, and the database is not. */
  open(): void;
  /** Once the database is there. */
  start(): Promise<void>;
  stop(): void;
}

const LONGEST_WARNING_MS = 14 * DAY_MS;
const WHERE = 'http.tls.files';

export interface CertificateParts {
  /** Null where no door speaks TLS. */
  tls: TlsConfig | null;
  publicUrl: string;
  dataDir: string;
  db: Database;
  clock: Clock;
  secrets: Secrets;
  notices: Notices;
  log: Logger;
}

export function createCertificates(parts: CertificateParts): Certificates {
  const { tls, publicUrl, dataDir, clock, notices, log } = parts;
  const store = tls?.acme ? createCertificateStore(tls.acme, parts) : null;
  const listeners = new Set<() => void>();
  const watched: WatchedFiles[] = [];
  let ofDoor: WatchedFiles[] = [];
  let got = new Map<string, UsableCertificate>();
  let loading: Promise<void> = Promise.resolve();
  const endings: (() => void)[] = [];

  return {
    store,
    contextFor: (host) => find(host)?.context ?? null,
    pairFor: find,
    async anyPair() {
      const { hostname } = new URL(publicUrl);
      const best = find(hostname) ?? [...got.values()][0] ?? ofDoor[0]?.current();
      return best ?? selfSignedIn(join(dataDir, 'http.pem'), isIP(hostname) ? 'localhost' : hostname);
    },
    selfSigned: (name, hostname) => sharedSelfSigned(name, hostname, parts),
    watch,
    onChange(fn) {
      listeners.add(fn);
      return () => void listeners.delete(fn);
    },
    async list() {
      const rows = (await store?.rows()) ?? [];
      return [...rows.map(ofRow), ...watched.map(ofFiles)];
    },
    check() {
      for (const files of tls?.files ?? []) watchFiles(files, WHERE, { clock, log, onChange: () => {} }).stop();
    },
    open() {
      ofDoor = (tls?.files ?? []).map((files) => watch(files, WHERE));
    },
    async start() {
      if (!store) return;
      await store.tidy();
      const loadAgain = (): void => void load();
      endings.push(notices.on(CERTIFICATE_CHANGED, loadAgain), notices.onGap(loadAgain));
      await load();
    },
    stop() {
      for (const end of endings) end();
      for (const one of watched) one.stop();
    },
  };

  function find(host: string): UsableCertificate | null {
    const name = host.toLowerCase();
    const files = ofDoor.map((one) => one.current());
    return (
      files.find(({ names }) => names.includes(name)) ??
      got.get(name) ??
      files.find(({ names }) => names.some((one) => covers(one, name))) ??
      null
    );
  }

  function watch(files: CertificateFiles, where: string): WatchedFiles {
    const one = watchFiles(files, where, { clock, log, onChange: notify });
    watched.push(one);
    return one;
  }

  /** One after another: what is read last is what is used. */
  function load(): Promise<void> {
    loading = loading.then(loadRows).catch((error) => {
      log.error({ reason: messageOf(error) }, 'Certificates could not be read from the database');
    });
    return loading;
  }

  async function loadRows(): Promise<void> {
    const rows = (await store?.rows()) ?? [];
    const found = new Map<string, UsableCertificate>();
    for (const row of rows) {
      const known = got.get(row.name);
      const certificate = known && known.cert === row.chain ? known : (store?.certificateOf(row) ?? known);
      if (certificate) found.set(row.name, certificate);
    }
    const isOther = [...found].some(([name, { cert }]) => got.get(name)?.cert !== cert);
    got = found;
    if (isOther) notify();
  }

  function notify(): void {
    for (const fn of listeners) fn();
  }

  function ofRow(row: CertificateRow): KnownCertificate {
    const { name, issuer, begins_at, ends_at, due_at, tried_at, failures, error } = row;
    return {
      source: 'authority',
      id: name,
      names: [name],
      issuer,
      begins_at,
      ends_at,
      state: stateOf(begins_at, ends_at, clock.now()),
      next_at: due_at,
      tried_at,
      failures,
      error,
    };
  }

  function ofFiles(one: WatchedFiles): KnownCertificate {
    const { names, issuer, beginsAt, endsAt } = one.current();
    return {
      source: 'file',
      id: one.files.certFile,
      names,
      issuer,
      begins_at: beginsAt,
      ends_at: endsAt,
      state: stateOf(beginsAt, endsAt, clock.now()),
      next_at: null,
      tried_at: null,
      failures: 0,
      error: one.error(),
    };
  }
}

function stateOf(beginsAt: number | null, endsAt: number | null, now: number): CertificateState {
  if (beginsAt === null || endsAt === null) return 'waiting';
  if (endsAt <= now) return 'ended';
  return endsAt - now < Math.min((endsAt - beginsAt) / 5, LONGEST_WARNING_MS) ? 'ending' : 'valid';
}

/** So many tries are no chance any more. */
const MANY_FAILURES = 3;

/** What somebody has to see to: a certificate that ends, or one that does not come. Sentences. */
export function troublesOf(known: readonly KnownCertificate[]): string[] {
  const troubled = known.filter(
    ({ state, failures }) =>
      state === 'ending' || state === 'ended' || (state === 'waiting' && failures >= MANY_FAILURES),
  );
  return troubled.map(({ names, id, error }) => `${names[0] ?? id}${error === null ? '' : `: ${error}`}`);
}
