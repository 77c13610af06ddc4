/** A disk that really fills up: the data lies on a small file system in memory. Needs root, to mount it. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { ROOT_TOKEN, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';

const SMALL = '24m';
const LARGER = '96m';
const MAX_MAILS = 2_000;
/** What was accepted while the disk filled up is parsed when there is room again: so soon at the latest. */
const LATE_MS = 10_000;

/** Gives how many acknowledged mails are missing, and 1 more when mail was not taken again with room on the disk. */
export async function drillFullDisk(): Promise<number> {
  if (process.getuid?.() !== 0) {
    console.log('this drill mounts a file system, so it needs root');
    return 1;
  }
  const folder = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL}`, 'tmpfs', folder.path]);
  try {
    const platform = await startPlatformProcess(folder.path);
    const transport = createTransport({
      host: '127.0.0.1',
      port: Number(platform.ready.smtp),
      ignoreTLS: true,
      pool: true,
    });
    const acknowledged: string[] = [];
    let refusal = '';
    for (let number = 0; number < MAX_MAILS && refusal === ''; number++) {
      refusal = await mail(transport, `full ${number}`, acknowledged);
    }
    execFileSync('mount', ['-o', `remount,size=${LARGER}`, folder.path]);
    const roomAt = performance.now();
    await sleep(500);
    const again = await mail(transport, 'room again', acknowledged);
    transport.close();
    let lost = acknowledged;
    while (lost.length > 0 && performance.now() - roomAt < LATE_MS) {
      const stored = await subjectsOf(String(platform.ready.http), acknowledged.length);
      lost = acknowledged.filter((subject) => !stored.has(subject));
    }
    const seconds = ((performance.now() - roomAt) / 1000).toFixed(1);
    console.log(
      `${acknowledged.length} mails acknowledged; then: ${refusal.slice(0, 80)}; with room again: ${again || 'taken'}`,
    );
    console.log(`${lost.length} of the acknowledged are missing ${seconds} s after there was room again`);
    await platform.stop();
    return lost.length + (again === '' ? 0 : 1) + (/\b452\b/.test(refusal) ? 0 : 1);
  } finally {
    execFileSync('umount', ['-l', folder.path]);
    folder.remove();
  }
}

/** '' when it was taken, else why not. */
async function mail(
  transport: ReturnType<typeof createTransport>,
  subject: string,
  acknowledged: string[],
): Promise<string> {
  try {
    const text = `${'x'.repeat(70)}\n`.repeat(700);
    await transport.sendMail({ from: 'a@sender.example', to: 'full@example.com', subject, text });
    acknowledged.push(subject);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function subjectsOf(http: string, count: number): Promise<Set<string>> {
  const found = new Set<string>();
  for (let page = 1; found.size < count && page <= count / 50 + 1; page++) {
    const url = `http://127.0.0.1:${http}/api/emails?mailbox=full@example.com&page=${page}&size=50`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${ROOT_TOKEN}` } });
    const { list } = (await answer.json()) as { list: { subject: string }[] };
    for (const { subject } of list) found.add(subject);
  }
  return found;
}
