/**
 * A folder over SFTP, the file service of SSH, by `ssh2`. Nothing is sent before the server has shown the key that is set. A file is
 * sent under another name and gets its own when it is whole. Each call has a connection of its own: they are minutes or days apart.
 */
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import ssh2, { type Client, type ConnectConfig, type FileEntryWithStats, type SFTPWrapper, type Stats } from 'ssh2';
import { codeOf, messageOf } from '../errors.ts';
import type { TargetConfig } from './config.ts';
import { algorithmsFor, fingerprintOf, HostKeyError, isSameKey } from './host-key.ts';
import { type Sending, type StoredFile, type Target, TargetError } from './stored-files.ts';

type SftpConfig = TargetConfig['sftp'];
type Done<T> = (error: Error | null | undefined, value: T) => void;

const TRIES = 4;
/** Real time, as all of these: what is waited for is another server. */
const FIRST_PAUSE_MS = 250;
const READY_MS = 20_000;
/** A peer that is gone without a word is found out by its silence. */
const KEEPALIVE_MS = 15_000;
const MOST_SILENCES = 4;
/** That a server that lives takes nothing, or gives nothing. */
const IDLE_MS = 2 * 60_000;
const PART = '.part';
const OWN_FILES = 0o600;
const OWN_FOLDER = 0o700;
/** Statuses of SFTP, of which its version 3 has few. */
const NO_MORE = 1;
const NO_SUCH_FILE = 2;
/** Of one folder. A server that goes on and on would fill the memory. */
const MOST_ENTRIES = 50_000;
/** What file systems take. */
const LONGEST_NAME = 255;
const READ_BYTES = 256 * 1024;

/** A connection, and what ends it before its time. */
interface Session {
  sftp: SFTPWrapper;
  client: Client;
  /** Rejects when the connection is lost, silent, or told to end. */
  lost: Promise<never>;
  /** Bytes have gone or come. */
  alive(): void;
  end(): void;
}

export function sftpTarget(config: SftpConfig): Target {
  const folder = config.folder.replace(/\/+$/, '') || (config.folder === '' ? '.' : '');
  const pathOf = (name: string): string => `${folder}/${name}`;

  return {
    label: labelOf(config),
    list: (signal) => tried(config, 'The list', signal, listIn),
    put: (name, file, sending) =>
      tried(config, `Sending ${name}`, sending.signal, (session) => putIn(session, name, file, sending)),
    open,
    remove: (name, signal) => tried(config, `Deleting ${name}`, signal, (session) => removeIn(session, pathOf(name))),
    discard: (name, _upload, signal) =>
      tried(config, `Deleting ${name}${PART}`, signal, (session) => removeIn(session, pathOf(name + PART))),
  };

  async function listIn({ sftp }: Session): Promise<StoredFile[]> {
    const handle = await asked<Buffer | null>((done) => sftp.opendir(folder || '/', done)).catch(isMissing);
    if (!handle) return [];
    const found: StoredFile[] = [];
    // Piece by piece, as the server gives it, which may have no end: not all of it is kept until there is one.
    for (let seen = 0; seen <= MOST_ENTRIES; ) {
      const entries = await asked<FileEntryWithStats[] | null>((done) => sftp.readdir(handle, done)).catch(isEnd);
      if (!entries) {
        await asked<void>((done) => sftp.close(handle, done));
        return found;
      }
      seen += entries.length;
      for (const { filename, attrs } of entries)
        if (attrs.isFile() && isOfHere(filename)) found.push({ name: filename, size_bytes: attrs.size });
    }
    throw new TargetError(`There are more files in ${folder || '/'} than can be listed`);
  }

  async function putIn(session: Session, name: string, file: string, sending: Sending): Promise<void> {
    const { sftp } = session;
    const part = pathOf(name + PART);
    const { size } = await stat(file);
    await makeFolder(sftp);
    await sending.begun?.(part);
    try {
      const step = (done: number): void => {
        session.alive();
        sending.report?.(done);
      };
      await asked<void>((done) => sftp.fastPut(file, part, { step, mode: OWN_FILES, fileSize: size }, done));
      const there = await asked<Stats>((done) => sftp.stat(part, done));
      if (there.size !== size) throw new TargetError(`The server has ${there.size} of ${size} bytes`);
      await replace(sftp, part, pathOf(name));
    } catch (error) {
      await Promise.race([removeIn(session, part).catch(() => {}), pause(5_000, undefined, { ref: false })]);
      throw error;
    }
  }

  /** Only what is missing of it at its end. */
  async function makeFolder(sftp: SFTPWrapper): Promise<void> {
    if (folder === '' || folder === '.') return;
    const there = await asked<Stats | null>((done) => sftp.stat(folder, done)).catch(isMissing);
    if (there) return;
    try {
      await asked<void>((done) => sftp.mkdir(folder, { mode: OWN_FOLDER }, done));
    } catch (error) {
      throw new TargetError(`The folder ${folder} is not there and cannot be made: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  async function removeIn({ sftp }: Session, path: string): Promise<void> {
    await asked<void>((done) => sftp.unlink(path, done)).catch(isMissing);
  }

  async function open(name: string, signal: AbortSignal): Promise<Readable> {
    const session = await tried(config, `Reading ${name}`, signal, (opened) => Promise.resolve(opened), true);
    try {
      const found = asked<Stats>((done) => session.sftp.stat(pathOf(name), done));
      await Promise.race([found, session.lost]);
      const stream = session.sftp.createReadStream(pathOf(name), { highWaterMark: READ_BYTES });
      session.lost.catch((error) => stream.destroy(error));
      // Its file is closed there before the connection is; what is wrong with that is nobody's any more.
      stream.on('error', () => {}).once('close', session.end);
      const read = Readable.from(piecesOf(stream, session, name), { objectMode: false });
      return read.once('close', () => stream.destroy());
    } catch (error) {
      session.end();
      signal.throwIfAborted();
      throw asTargetError(config, `Reading ${name}`, error);
    }
  }

  async function* piecesOf(stream: Readable, session: Session, name: string): AsyncGenerator<Buffer> {
    try {
      for await (const piece of stream) {
        session.alive();
        yield piece;
      }
    } catch (error) {
      throw asTargetError(config, `Reading ${name}`, error);
    }
  }
}

/** What people know it by. Where the folder begins is the user's own place. */
function labelOf({ host, port, user, folder }: SftpConfig): string {
  const where = `${host.includes(':') ? `[${host}]` : host}${port === 22 ? '' : `:${port}`}`;
  const path = folder.replace(/^\/+|\/+$/g, '');
  return `sftp://${user}@${where}/${folder.startsWith('/') ? '' : '~/'}${path}${path === '' ? '' : '/'}`;
}

/** Does it with a connection of its own, some times where that is cut off. `keeps`: who asked ends it. */
async function tried<T>(
  config: SftpConfig,
  what: string,
  signal: AbortSignal,
  work: (session: Session) => Promise<T>,
  keeps = false,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await once(config, signal, work, keeps);
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= TRIES || !mayPass(error)) throw asTargetError(config, what, error);
      await pause(FIRST_PAUSE_MS * 4 ** (attempt - 1), undefined, { signal });
    }
  }
}

async function once<T>(
  config: SftpConfig,
  signal: AbortSignal,
  work: (session: Session) => Promise<T>,
  keeps: boolean,
): Promise<T> {
  const session = await connected(config, signal);
  try {
    const done = await Promise.race([work(session), session.lost]);
    if (!keeps) session.end();
    return done;
  } catch (error) {
    session.end();
    throw error;
  }
}

/** Signed in, and ready for files. */
async function connected(config: SftpConfig, signal: AbortSignal): Promise<Session> {
  const client = new ssh2.Client();
  let isOver = false;
  let lose: (error: Error) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    lose = reject;
  });
  // Whoever waits for it is told; where nobody does any more, nobody need be.
  lost.catch(() => {});
  const idle = setTimeout(() => lose(new TargetError('Nothing was taken or given for two minutes')), IDLE_MS);
  const told = (): void => lose(signal.reason);
  signal.addEventListener('abort', told, { once: true });
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(idle);
    signal.removeEventListener('abort', told);
    client.destroy();
  };
  client.on('close', () => lose(new Lost('The connection was closed')));
  // Also after the end: an error that nobody hears ends the process.
  client.on('error', (error: Error) => lose(error));
  client.on('keyboard-interactive', (_name, _about, _language, prompts, finish) =>
    finish(prompts.map(() => config.password)),
  );
  let denial: HostKeyError | null = null;
  try {
    const ready = new Promise<void>((resolve) => client.once('ready', resolve));
    client.connect({ ...settingsOf(config), hostVerifier: isRight });
    // Most of it are small questions: none waits until the answer before it was acknowledged (Nagle's algorithm, RFC 896).
    client.setNoDelay(true);
    await Promise.race([ready, lost]);
    const sftp = await Promise.race([asked<SFTPWrapper>((done) => client.sftp(done)), lost]);
    sftp.on('error', (error: Error) => lose(error));
    return { sftp, client, lost, alive: () => void idle.refresh(), end };
  } catch (error) {
    end();
    throw denial ?? error;
  }

  function isRight(key: Buffer): boolean {
    const seen = fingerprintOf(key);
    if (isSameKey(config.fingerprint, seen)) return true;
    denial = new HostKeyError(config.host, config.fingerprint, seen);
    return false;
  }
}

function settingsOf({ host, port, user, password, privateKey, fingerprint }: SftpConfig): ConnectConfig {
  const serverHostKey = algorithmsFor(fingerprint);
  return {
    host,
    port,
    username: user,
    readyTimeout: READY_MS,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: MOST_SILENCES,
    ...(password !== '' && { password, tryKeyboard: true }),
    // What a form or a variable has made of its last line is not the fault of who copied it.
    ...(privateKey !== '' && { privateKey: `${privateKey.trim()}\n` }),
    ...(serverHostKey && { algorithms: { serverHostKey: serverHostKey as never } }),
  };
}

/** Over what is there under that name: at once where the server can, as OpenSSH does. */
async function replace(sftp: SFTPWrapper, from: string, to: string): Promise<void> {
  try {
    await asked<void>((done) => sftp.ext_openssh_rename(from, to, done));
  } catch (error) {
    if (!/does not support/.test(messageOf(error))) throw error;
    await asked<void>((done) => sftp.unlink(to, done)).catch(isMissing);
    await asked<void>((done) => sftp.rename(from, to, done));
  }
}

function asked<T>(ask: (done: Done<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    ask((error, value) => (error ? reject(error) : resolve(value)));
  });
}

/** A file right in the folder, and whole. */
function isOfHere(name: string): boolean {
  return !name.includes('/') && !name.endsWith(PART) && name.length <= LONGEST_NAME;
}

function isEnd(error: unknown): null {
  if (statusOf(error) === NO_MORE) return null;
  throw error;
}

function isMissing(error: unknown): null {
  if (statusOf(error) === NO_SUCH_FILE) return null;
  throw error;
}

/** The server did not answer as far as the end; it may do so the next time. */
class Lost extends Error {}

function mayPass(error: unknown): boolean {
  if (error instanceof TargetError) return false;
  if (error instanceof Lost || /^No response from server/.test(messageOf(error))) return true;
  const { level } = error as { level?: unknown };
  return level === 'client-socket' || level === 'client-timeout';
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function asTargetError({ host, user, folder }: SftpConfig, what: string, error: unknown): TargetError {
  if (error instanceof TargetError) return error;
  const { level } = error as { level?: unknown };
  if (level === 'client-authentication')
    return new TargetError(`${host} does not let ${user} in with this password or key`, { cause: error });
  const status = statusOf(error);
  const about = typeof status === 'number' ? ` in ${folder === '' ? 'the folder of the user' : folder}` : '';
  return new TargetError(`${what}${about}: ${messageOf(error) || codeOf(error) || 'it was cut off'}`, { cause: error });
}
