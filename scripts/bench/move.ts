/**
 * (q) `patchbay move`: a million mails from SQLite to PostgreSQL, with rows made in bulk: how long it takes, and how much memory at
 * most. `PATCHBAY_BENCH_MAILS` names another number.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { createPlatform } from '#core/platform.ts';
import { startPostgres } from '#core/testing/postgres.ts';
import { cpuMsOf } from './cpu/process-time.ts';
import { ADMIN, type Figure, temporaryFolder } from './processes.ts';

const MAILS = Number(process.env.PATCHBAY_BENCH_MAILS ?? 1_000_000);
const MOST_SECONDS = (600 * MAILS) / 1_000_000;
const MOST_MB = 700;
const LOOK_MS = 500;
const PER_TRANSACTION = 20_000;
const MAIN = join(import.meta.dirname, '..', '..', 'core', 'main.ts');
const WORDS = 'invoice report meeting order parcel ticket account summary reminder welcome update notice offer'.split(
  ' ',
);

export async function measureMove(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const server = await startPostgres();
  try {
    await makeTables(folder.path);
    fill(join(folder.path, 'patchbay.sqlite3'));
    const address = new URL(server.url);
    address.pathname = '/moved';
    await query(server.url, 'create database moved');
    const { seconds, megabytes, cpuSeconds } = await moved(folder.path, address.href);
    const count = await query(
      address.href,
      "select count(*) from mail_contents where words @@ to_tsquery('simple', 'parcel')",
    );
    return [
      {
        what: `${MAILS.toLocaleString('en')} mails to PostgreSQL (${cpuSeconds.toFixed(0)} s of CPU here; ${count} found by a word)`,
        value: `${seconds.toFixed(0)} s`,
        target: `under ${MOST_SECONDS} s`,
        isMet: seconds < MOST_SECONDS && Number(count) > 0,
      },
      {
        what: 'memory of the move, at most',
        value: `${megabytes} MB`,
        target: `at most ${MOST_MB} MB`,
        isMet: megabytes <= MOST_MB,
      },
    ];
  } finally {
    await server.stop();
    folder.remove();
  }
}

async function makeTables(dataDir: string): Promise<void> {
  const overrides = {
    dataDir,
    http: { port: 0 },
    logging: { level: 'warn' },
    backups: { schedule: null, rehearsal: null },
    mailer: { transport: 'log' },
    plugins: { auth: { admin: ADMIN }, mail: { domains: ['example.com'], smtp: { port: 0 } } },
  };
  const platform = await createPlatform({ env: {}, overrides });
  await platform.start();
  await platform.stop();
}

function fill(file: string): void {
  const db = new DatabaseSync(file);
  const mailbox = db
    .prepare('insert into mail_mailboxes (address, domain, created_at) values (?, ?, ?) returning id')
    .get('full@example.com', 'example.com', 1)?.id;
  const blob = db.prepare(
    'insert into core_blobs (id, size_bytes, segment, segment_offset, checksum, created_at) values (?, 2000, ?, ?, 1, ?)',
  );
  const message = db.prepare(
    `insert into mail_messages (id, mailbox_id, blob_id, envelope_from, envelope_to, remote_ip, sender, to_addrs, subject, preview,
       verification_code, size_bytes, received_at, is_read, parsed_at, thread_id)
     values (?, ?, ?, ?, 'full@example.com', '192.0.2.1', ?, 'full@example.com', ?, ?, '', 2000, ?, 0, 1, ?)`,
  );
  const content = db.prepare(`insert into mail_contents (message_id, text, html) values (?, ?, '')`);
  for (let start = 1; start <= MAILS; start += PER_TRANSACTION) {
    db.exec('begin');
    for (let id = start; id < start + PER_TRANSACTION && id <= MAILS; id++) {
      const sender = `sender${id % 997}@shop.example`;
      const [subject, text] = [wordsOf(id, 6), wordsOf(id * 7, 60)];
      const at = 1_700_000_000_000 + id;
      blob.run(id, `s${Math.ceil(id / 10_000)}`, id * 2_000, at);
      message.run(id, Number(mailbox), id, sender, sender, subject, text.slice(0, 120), at, id);
      content.run(id, text);
    }
    db.exec('commit');
  }
  db.close();
}

/** Some that many mails have, and some that few have. */
function wordsOf(number: number, count: number): string {
  return Array.from({ length: count }, (_, place) =>
    place % 5 === 4 ? `w${(number * 31 + place * 7_919) % 50_000}` : WORDS[(number + place * place) % WORDS.length],
  ).join(' ');
}

async function moved(dataDir: string, to: string): Promise<{ seconds: number; megabytes: number; cpuSeconds: number }> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [MAIN, 'move', '--to', to], {
    env: { PATH: process.env.PATH, PATCHBAY_DATADIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (bytes: Buffer) => process.stdout.write(bytes));
  let [megabytes, cpuMs] = [0, 0];
  const look = setInterval(() => {
    try {
      megabytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
      cpuMs = cpuMsOf(child.pid ?? 0);
    } catch {
      // It has just ended.
    }
  }, LOOK_MS);
  const [code] = await once(child, 'exit');
  clearInterval(look);
  if (code !== 0) throw new Error('The move failed');
  return {
    seconds: (performance.now() - startedAt) / 1000,
    megabytes: Math.round(megabytes),
    cpuSeconds: cpuMs / 1000,
  };
}

async function query(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}
