/**
 * The bucket of bytes is gone for five minutes while mail comes in at two replicas that have no disk in common: it breaks connections,
 * refuses, and says nothing, in turn. Senders are told 451 and try again; what needs no bytes goes on. Nothing that was acknowledged may
 * be missing, not a byte of it, and nothing may be there that no row points to but what was cut off. DRILL_S3_SECONDS makes it
 * shorter.
 */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import { createTransport } from 'nodemailer';
import { startPostgres } from '#core/testing/postgres.ts';
import { type Door, type OffsiteServer, s3Server } from '#test/support/offsite-servers.ts';
import { ROOT_TOKEN, type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { makeDatabase } from './nothing-missing.ts';

const GONE_MS = Number(process.env.DRILL_S3_SECONDS ?? 300) * 1000;
const CALM_MS = 5_000;
/** What was refused is tried again so much later; real senders wait for minutes. */
const AGAIN_MS = 500;
const SENDERS = 4;
/** Of one sender, before it sends nothing else. */
const MOST_REFUSED = 20;
const READ_WITHIN_MS = 60_000;
/** A row, an object, and one in a file on its way. */
const SIZES = [2_000, 100_000, 2_000, 2_000, 400_000, 2_000];
const ENVELOPE = { from: 'a@sender.example', to: 'bucket@example.com' };

interface Mail {
  subject: string;
  text: string;
}

interface Load {
  /** Digest of the text, by subject. */
  acknowledged: Map<string, string>;
  refusals: Map<string, number>;
  goesOn: boolean;
}

/** Gives how much is missing, or is not as it should be. */
export async function drillS3(): Promise<number> {
  const postgres = await startPostgres();
  const s3 = await s3Server();
  const connection = await makeDatabase(postgres);
  const folders = [temporaryFolder(), temporaryFolder()];
  const secret = randomBytes(32).toString('hex');
  const replicas: Running[] = [];
  for (const folder of folders)
    replicas.push(await startPlatformProcess(folder.path, environment(connection, s3, secret)));
  const db = knex({ client: 'pg', connection });
  const load: Load = { acknowledged: new Map(), refusals: new Map(), goesOn: true };
  const senders = replicas.flatMap((replica, index) =>
    Array.from({ length: SENDERS / 2 }, (_, number) => send(replica, `${index}-${number}`, load)),
  );
  await sleep(CALM_MS);
  const problems: string[] = [];
  const before = load.acknowledged.size;
  for (const [way, door] of Object.entries(doors())) {
    s3.door = door;
    await sleep(GONE_MS / 3);
    const state = await stateOf(replicas[0] as Running);
    console.log(`${way}: ${state}; ${load.acknowledged.size - before} mails acknowledged since it was gone`);
    if (!/503/.test(state)) problems.push(`ready while the bucket is gone (${way}): ${state}`);
  }
  const duringIt = load.acknowledged.size - before;
  s3.door = null;
  const backAt = performance.now();
  await sleep(CALM_MS * 2);
  load.goesOn = false;
  await Promise.all(senders);
  problems.push(...(await missing(db, replicas, load, backAt)));
  for (const [answer, count] of load.refusals) console.log(`${count} times: ${answer}`);
  if (load.refusals.size === 0) problems.push('nobody was refused: the drill has drilled nothing');
  problems.push(...[...load.refusals.keys()].filter((answer) => !/^451 /.test(answer)));
  console.log(`${load.acknowledged.size} mails acknowledged, ${duringIt} of them without the bucket`);
  for (const problem of problems.slice(0, 30)) console.log(problem);
  await db.destroy();
  await Promise.all(replicas.map((one) => one.stop()));
  await s3.stop();
  await postgres.stop();
  for (const folder of folders) folder.remove();
  return problems.length;
}

function environment(connection: string, s3: OffsiteServer, secret: string): NodeJS.ProcessEnv {
  return {
    PATCHBAY_SECRET: secret,
    PATCHBAY_DATABASE: JSON.stringify({ client: 'pg', connection }),
    PATCHBAY_STORAGE: JSON.stringify({ kind: 's3', rowBytes: 16_384, s3: s3.config.s3 }),
  };
}

function doors(): Record<string, Door> {
  return {
    'it breaks every connection': (request) => {
      request.socket.destroy();
      return true;
    },
    'it refuses': (_, response) => {
      response.writeHead(503).end('<Error><Code>SlowDown</Code><Message>Reduce your request rate</Message></Error>');
      return true;
    },
    'it says nothing': () => true,
  };
}

/** Each mail until it is taken, as a queue does: what is refused waits behind the others. */
async function send(replica: Running, name: string, load: Load): Promise<void> {
  const port = Number(replica.ready.smtp);
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true, pool: true, maxConnections: 1 });
  const refused: Mail[] = [];
  let number = 0;
  while (load.goesOn || refused.length > 0) {
    const again = load.goesOn && number % 3 !== 0 && refused.length < MOST_REFUSED ? undefined : refused.shift();
    const mail = again ?? mailOf(`mail ${name}-${number}`, SIZES[number % SIZES.length] ?? 0);
    number++;
    try {
      await transport.sendMail({ ...ENVELOPE, ...mail });
      load.acknowledged.set(mail.subject, digest(mail.text));
    } catch (error) {
      refused.push(mail);
      const answer = String((error as { response?: string }).response ?? error);
      load.refusals.set(answer, (load.refusals.get(answer) ?? 0) + 1);
      await sleep(AGAIN_MS);
    }
  }
  transport.close();
}

function mailOf(subject: string, size: number): Mail {
  const hex = randomBytes(size / 2).toString('hex');
  return { subject, text: `${hex.match(/.{1,70}/g)?.join('\n')}\n` };
}

async function stateOf(replica: Running): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${replica.ready.http}/health/ready`);
  return `/health/ready answers ${answer.status}`;
}

/** Every acknowledged mail is read, and its bytes come, from the replica that did not take it as well. */
async function missing(db: Knex, replicas: readonly Running[], load: Load, backAt: number): Promise<string[]> {
  const found = await allRead(db, load, backAt);
  const problems: string[] = [];
  let number = 0;
  for (const [subject, expected] of load.acknowledged) {
    const id = found.get(subject);
    if (id === undefined) {
      problems.push(`${subject} was acknowledged, and is missing or unread`);
      continue;
    }
    const replica = replicas[number++ % replicas.length] as Running;
    const url = `http://127.0.0.1:${replica.ready.http}/api/email/${id}/download`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${ROOT_TOKEN}` } });
    const body = (await answer.text()).split('\r\n\r\n').slice(1).join('\n').replace(/\r\n/g, '\n');
    if (answer.status !== 200 || digest(`${body.trimEnd()}\n`) !== expected) {
      problems.push(`${subject} has not the bytes that were acknowledged (${answer.status})`);
    }
  }
  const seconds = ((performance.now() - backAt) / 1000).toFixed(0);
  console.log(
    `${found.size} of ${load.acknowledged.size} read again with all their bytes, ${seconds} s after it was back`,
  );
  return problems;
}

/** By subject, once they are parsed. */
async function allRead(db: Knex, load: Load, backAt: number): Promise<Map<string, number>> {
  for (;;) {
    const rows: { id: number; subject: string; parsed_at: unknown }[] = await db('mail_messages').select('*');
    const found = new Map(
      rows.filter(({ parsed_at }) => parsed_at !== null).map(({ id, subject }) => [subject, Number(id)]),
    );
    const isAll = [...load.acknowledged.keys()].every((subject) => found.has(subject));
    if (isAll || performance.now() - backAt > READ_WITHIN_MS) return found;
    await sleep(500);
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
