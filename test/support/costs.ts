/**
 * What work costs, counted where it leaves the main thread: the same on every machine, whatever else that does. Statements
 * and preparations are trips to a thread of the database; commits are waits for the disk, as are durable writes of files.
 */
import { createHook } from 'node:async_hooks';
import { type FileHandle, open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessagePort, Worker } from 'node:worker_threads';

export interface Costs {
  statements: number;
  /** Statements that had to be prepared first. */
  prepared: number;
  /** Transactions and single writes. */
  commits: number;
  /** Writes and syncs of files. */
  fileWrites: number;
  fileBytes: number;
  /** To and from threads of the platform. */
  messages: number;
  /** Of servers, to their callers. */
  socketWrites: number;
  socketBytes: number;
  timers: number;
  /** Of the whole process: those of the test's own client are among them. */
  promises: number;
}

const NONE: Costs = {
  statements: 0,
  prepared: 0,
  commits: 0,
  fileWrites: 0,
  fileBytes: 0,
  messages: 0,
  socketWrites: 0,
  socketBytes: 0,
  timers: 0,
  promises: 0,
};

export interface CostMeter {
  /**
   * Costs of one run of the work, from so many that come one after the other. What goes on by itself falls into some of them: of
   * each figure it is the least.
   */
  of(work: () => Promise<unknown>, runs: number): Promise<Costs>;
  /** The statements of these runs, with how many there were of each for one. */
  statements(): string[];
  restore(): void;
}

/** Counts from now on, in this thread. One at a time. */
export async function createCostMeter(): Promise<CostMeter> {
  let counted = { ...NONE };
  let times = 1;
  const texts = new Map<string, number>();
  let isCounting = false;
  let isInTransaction = false;
  const undo: (() => void)[] = [];
  const promises = createHook({
    init(_id, type) {
      if (isCounting && type === 'PROMISE') counted.promises++;
    },
  });
  watchStatements();
  await watchFiles();
  watchSockets();
  watchThreads();
  watchTimers();
  promises.enable();

  return {
    async of(work, runs) {
      times = runs;
      texts.clear();
      const each: Costs[] = [];
      isCounting = true;
      for (let index = 0; index < runs; index++) {
        counted = { ...NONE };
        await work();
        each.push(counted);
      }
      isCounting = false;
      return leastOf(each);
    },
    statements: () => [...texts].map(([text, count]) => `${(count / times).toFixed(2)} ${text}`),
    restore() {
      promises.disable();
      for (const back of undo.reverse()) back();
    },
  };

  function add(name: keyof Costs, amount = 1): void {
    if (isCounting) counted[name] += amount;
  }

  /** Calls `seen` with what the method is given, before it. */
  function watch(target: object, method: string, seen: (self: any, given: any[]) => void): void {
    const original = Reflect.get(target, method) as (...given: any[]) => unknown;
    Reflect.set(target, method, function (this: unknown, ...given: any[]) {
      seen(this, given);
      return Reflect.apply(original, this, given);
    });
    undo.push(() => void Reflect.set(target, method, original));
  }

  function watchStatements(): void {
    const { Statement, Database } = createRequire(import.meta.url)('sqlite3');
    for (const method of ['run', 'all', 'get']) {
      watch(Statement.prototype, method, (statement) => ran(String(statement.sql)));
      watch(Database.prototype, method, () => add('prepared'));
    }
    watch(Database.prototype, 'prepare', () => add('prepared'));
    watch(Database.prototype, 'exec', (_database, [sql]) => ran(String(sql)));
  }

  function ran(sql: string): void {
    // Upkeep, which comes by the clock and not by what is done.
    if (/^\s*pragma\b/i.test(sql)) return;
    add('statements');
    const text = sql.replace(/\s+/g, ' ');
    if (isCounting) texts.set(text, (texts.get(text) ?? 0) + 1);
    if (/^\s*begin\b/i.test(sql)) isInTransaction = true;
    else if (/^\s*(commit|rollback)\b/i.test(sql)) {
      isInTransaction = false;
      add('commits');
    } else if (!isInTransaction && /^\s*(insert|update|delete|with .*\b(insert|update|delete)\b)/is.test(sql))
      add('commits');
  }

  async function watchFiles(): Promise<void> {
    const handle = await open(join(tmpdir(), `costs-${process.pid}`), 'w');
    const prototype: FileHandle = Object.getPrototypeOf(handle);
    await handle.close();
    for (const method of ['write', 'sync', 'datasync']) watch(prototype, method, () => add('fileWrites'));
    watch(prototype, 'writev', (_file, [buffers]) => {
      add('fileWrites');
      add('fileBytes', sizeOf(buffers));
    });
  }

  /** Connections that a server has accepted know it. */
  function watchSockets(): void {
    watch(Socket.prototype, '_writeGeneric', (socket, [isMany, data, encoding]) => {
      if (!socket.server) return;
      add('socketWrites');
      const chunks: { chunk: string | Buffer; encoding: BufferEncoding }[] = isMany
        ? data
        : [{ chunk: data, encoding }];
      add(
        'socketBytes',
        chunks.reduce((sum, one) => sum + Buffer.byteLength(one.chunk, one.encoding), 0),
      );
    });
  }

  function watchThreads(): void {
    watch(Worker.prototype, 'postMessage', () => add('messages'));
    watch(Worker.prototype, 'emit', (_thread, [name]) => name === 'message' && add('messages'));
    watch(MessagePort.prototype, 'postMessage', () => add('messages'));
  }

  function watchTimers(): void {
    for (const name of ['setTimeout', 'setInterval'] as const) watch(globalThis, name, () => add('timers'));
  }
}

function leastOf(each: readonly Costs[]): Costs {
  const costs = { ...NONE };
  for (const name of Object.keys(NONE) as (keyof Costs)[]) costs[name] = Math.min(...each.map((one) => one[name]));
  return costs;
}

function sizeOf(buffers: readonly Uint8Array[]): number {
  return buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
