/** What a newcomer gets without doing anything: a backup every night that is rehearsed, and word when the disk fills. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

const MB = 1024 * 1024;
const DISK = '256m';
/** Below the twentieth part of it. */
const LEFT_BYTES = 8 * MB;
const HOUR_MS = 3_600_000;

/** A small disk of its own for a folder. Null where nobody may mount one. */
export function smallDisk(folder: string): { end(): void } | null {
  if (process.getuid?.() !== 0) return null;
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK},mode=700`, 'tmpfs', folder]).status !== 0) return null;
  return { end: () => void spawnSync('umount', ['--lazy', folder]) };
}

/** Hears what alerts tell. */
export async function startListener(): Promise<{ url: string; heard: Record<string, unknown>[]; stop(): void }> {
  const heard: Record<string, unknown>[] = [];
  const server = createServer(async (asked, answer) => {
    heard.push(JSON.parse(await text(asked)));
    answer.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    heard,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface Running {
  port: number;
  /** Under which it has its certificate, and from whom. */
  name: string;
  ca: string;
  token: string;
  data: string;
}

/** What the night does, now. */
export async function isRehearsed(server: Running): Promise<void> {
  await runs(server, 'core.backup');
  await until(server, ({ last_at }) => last_at !== null);
  await runs(server, 'core.rehearseBackup');
  const { rehearsal } = await until(server, ({ rehearsal: { last } }) => last !== null);
  assert.equal(rehearsal.last?.outcome, 'passed', JSON.stringify(rehearsal));
}

/** Of a disk that stays full for a while; the while is moved. */
export async function isToldOfFullDisk(server: Running, heard: readonly Record<string, unknown>[]): Promise<void> {
  const { bavail, bsize } = statfsSync(server.data);
  const filler = join(server.data, 'filler');
  writeFileSync(filler, Buffer.alloc(bavail * bsize - LEFT_BYTES));
  const database = new DatabaseSync(join(server.data, 'patchbay.sqlite3'), { timeout: 5_000 });
  try {
    const since = database.prepare("select since from core_alerts where name = 'disk-full' and since is not null");
    while (!since.get()) {
      await runs(server, 'core.watch');
      await pause(200);
    }
    database.exec(`update core_alerts set since = since - ${HOUR_MS} where name = 'disk-full'`);
    while (!heard.some(({ alert }) => alert === 'disk-full')) {
      await runs(server, 'core.watch');
      await pause(200);
    }
    assert.equal(heard.find(({ alert }) => alert === 'disk-full')?.is_over, false);
  } finally {
    database.close();
    rmSync(filler);
  }
}

interface Upkeep {
  last_at: number | null;
  rehearsal: { last: { outcome: string; problem: string | null } | null };
}

async function until(server: Running, isSo: (upkeep: Upkeep) => boolean): Promise<Upkeep> {
  for (;;) {
    const { body } = await ask(server, 'GET', '/api/platform/backups/upkeep');
    const upkeep: Upkeep = JSON.parse(body);
    if (isSo(upkeep)) return upkeep;
    await pause(200);
  }
}

async function runs(server: Running, cron: string): Promise<void> {
  const { status, body } = await ask(server, 'POST', `/api/platform/cron/${cron}/run`);
  assert.ok(status === 202 || status === 200 || status === 204 || status === 409, `${cron}: ${status} ${body}`);
}

/** A server that is starting says so. */
async function ask(server: Running, method: string, path: string): Promise<{ status: number; body: string }> {
  for (;;) {
    const answer = await askOnce(server, method, path);
    if (answer.status !== 503) return answer;
    await pause(200);
  }
}

async function askOnce({ port, name, ca, token }: Running, method: string, path: string) {
  const asked = request({
    host: '127.0.0.1',
    port,
    servername: name,
    ca,
    method,
    path,
    headers: { host: name, authorization: `Bearer ${token}` },
  }).end();
  const [answer] = await once(asked, 'response');
  return { status: Number(answer.statusCode), body: await text(answer) };
}
