/**
 * A flood of mail that means harm, with ordinary mail among it. Ordinary mail must be readable, with its code, within two
 * seconds of its 250 (99 of 100), and everything that was acknowledged must be there, parsed or marked.
 */
import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport, type Transporter } from 'nodemailer';
import { hostile } from '../../test/support/hostile-mail.ts';
import { ROOT_TOKEN, type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';

const KB = 1024;
const MB = 1024 * KB;
const SECONDS_PER_ROUND = 3;
const HOSTILE_SENDERS = 2;
/** Pause between two hostile mails of a sender: this machine sends them as well. */
const BETWEEN_HOSTILE_MS = 30;
const BETWEEN_ORDINARY_MS = 50;
const MOST_MS = 2_000;
/** The flood has to be gone through some time after it has ended. */
const AFTERWARDS_MS = 240_000;

export async function drillHostileMail(rounds: number): Promise<number> {
  const folder = temporaryFolder();
  const dns = await emptyNameService();
  const platform = await startPlatformProcess(folder.path, {
    PATCHBAY_PLUGINS__MAIL__AUTHENTICATION__TRUSTED: '[]',
    PATCHBAY_PLUGINS__MAIL__DNS_SERVERS: JSON.stringify([`127.0.0.1:${(dns.address() as AddressInfo).port}`]),
  });
  const quiet = await ordinaryMail(platform, 3, 'quiet');
  const until = performance.now() + rounds * SECONDS_PER_ROUND * 1000;
  const flood = Array.from({ length: HOSTILE_SENDERS }, (_, sender) => sendHostile(platform, sender, until));
  const beside = await ordinaryMail(platform, rounds * SECONDS_PER_ROUND, 'beside');
  const sent = (await Promise.all(flood)).flat();
  const floodEndedAt = performance.now();
  const left = await untilParsed(platform);
  const neededMs = performance.now() - floodEndedAt;
  const stored = await count(platform, 'flood@example.com');
  await platform.stop();
  dns.close();
  folder.remove();

  const bytes = sent.reduce((sum, one) => sum + one, 0);
  console.log(
    `flood: ${sent.length} mails, ${(bytes / MB).toFixed(0)} MB; gone through ${(neededMs / 1000).toFixed(1)} s after its end`,
  );
  console.log(`ordinary mail alone:  ${inWords(quiet)}`);
  console.log(`ordinary mail beside: ${inWords(beside)}`);
  const problems = [
    ...(beside.missing > 0 ? [`${beside.missing} ordinary mails were never readable`] : []),
    ...(beside.p99 > MOST_MS ? [`ordinary mail was readable after ${beside.p99.toFixed(0)} ms (p99)`] : []),
    ...(left > 0 ? [`${left} messages are not parsed`] : []),
    ...(stored === sent.length ? [] : [`${sent.length} hostile mails were acknowledged, ${stored} are there`]),
  ];
  for (const problem of problems) console.log(problem);
  return problems.length;
}

/** Sizes of what was acknowledged: each kind in turn, small and large, and now and then as large as it may be. */
async function sendHostile({ ready }: Running, sender: number, until: number): Promise<number[]> {
  const transport = transportTo(ready);
  const kinds = Object.values(hostile);
  const sizes = [48 * KB, 250 * KB, 60 * KB, MB];
  const accepted: number[] = [];
  for (let n = sender; performance.now() < until; n += HOSTILE_SENDERS) {
    const size = n % 40 === 20 ? 24 * MB : (sizes[n % sizes.length] ?? MB);
    const raw = Buffer.from(kinds[n % kinds.length]?.(size) ?? '', 'latin1');
    const envelope = { from: 'flood@evil.example', to: 'flood@example.com' };
    const isAccepted = await transport.sendMail({ envelope, raw }).then(
      () => true,
      () => false,
    );
    if (isAccepted) accepted.push(raw.length);
    await sleep(BETWEEN_HOSTILE_MS);
  }
  transport.close();
  return accepted;
}

interface Readable {
  count: number;
  missing: number;
  p50: number;
  p99: number;
  most: number;
}

/** How long after its 250 each mail is in its mailbox's list, with its code. */
async function ordinaryMail(platform: Running, seconds: number, name: string): Promise<Readable> {
  const transport = transportTo(platform.ready);
  const times: Promise<number | null>[] = [];
  for (const until = performance.now() + seconds * 1000; performance.now() < until; await sleep(BETWEEN_ORDINARY_MS)) {
    const mailbox = `${name}${times.length % 20}@example.com`;
    const code = String(100_000 + times.length);
    await transport.sendMail({ from: 'shop@good.example', to: mailbox, subject: code, text: `Your code is ${code}` });
    times.push(untilReadable(platform, mailbox, code));
  }
  transport.close();
  const all = await Promise.all(times);
  const found = all.filter((time) => time !== null).sort((a, b) => a - b);
  const at = (part: number) => found[Math.min(found.length - 1, Math.floor(found.length * part))] ?? 0;
  return { count: all.length, missing: all.length - found.length, p50: at(0.5), p99: at(0.99), most: at(1) };
}

async function untilReadable(platform: Running, mailbox: string, code: string): Promise<number | null> {
  const startedAt = performance.now();
  for (let ms = 0; ms < 60_000; ms = performance.now() - startedAt) {
    const list = await get(platform, `/api/emails?mailbox=${mailbox}&limit=5`);
    if (list.some((one: { verification_code: string }) => one.verification_code === code)) {
      return performance.now() - startedAt;
    }
    await sleep(5);
  }
  return null;
}

async function untilParsed(platform: Running): Promise<number> {
  for (const until = performance.now() + AFTERWARDS_MS; ; await sleep(500)) {
    const left: number = (await get(platform, '/api/v2/admin/health')).checks.mail.detail.unparsed;
    if (left === 0 || performance.now() > until) return left;
  }
}

async function count(platform: Running, mailbox: string): Promise<number> {
  return (await get(platform, `/api/emails?mailbox=${mailbox}&page=1&size=1`)).total;
}

const headers = { authorization: `Bearer ${ROOT_TOKEN}` };

async function get(platform: Running, path: string): Promise<any> {
  const answer = await fetch(`http://127.0.0.1:${platform.ready.http}${path}`, { headers });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

function transportTo(ready: Running['ready']): Transporter {
  return createTransport({
    host: '127.0.0.1',
    port: Number(ready.smtp),
    ignoreTLS: true,
    pool: true,
    maxConnections: 1,
  });
}

function inWords({ count, missing, p50, p99, most }: Readable): string {
  return `${count} mails, readable after ${p50.toFixed(0)} ms (median), ${p99.toFixed(0)} ms (p99), ${most.toFixed(0)} ms (most); ${missing} never`;
}

/** Knows no name (RFC 1035 §4.1.1: the question again, with the code for a name that does not exist). */
async function emptyNameService(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => {
    const answer = Buffer.from(question);
    answer.writeUInt16BE(0x8183, 2);
    socket.send(answer, port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}
