/** Kills the process under SMTP and API load. */
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import { ROOT_TOKEN, type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { kill } from './kill.ts';
import { sendMails } from './mail-sender.ts';

const CONNECTIONS = 10;

interface Acknowledged {
  mails: Set<string>;
  users: Set<string>;
}

/** Gives how much of what was acknowledged is missing, or there twice. */
export async function drillReceiving(rounds: number): Promise<number> {
  const folder = temporaryFolder();
  const lost = await drillReceivingOn(folder.path, rounds, kill);
  folder.remove();
  return lost;
}

/** The same with the data at a path, and another end of the process under its load. */
export async function drillReceivingOn(
  path: string,
  rounds: number,
  end: (platform: Running) => Promise<void>,
): Promise<number> {
  const acknowledged: Acknowledged = { mails: new Set(), users: new Set() };
  for (let round = 1; round <= rounds; round++) {
    const platform = await startPlatformProcess(path);
    const load = [
      ...Array.from({ length: CONNECTIONS }, (_, index) =>
        sendMails({
          port: Number(platform.ready.smtp),
          prefix: `drill ${round}-${index}`,
          to: 'drill@example.com',
          accepted: (subject) => acknowledged.mails.add(subject),
          goesOn: () => true,
        }),
      ),
      makeUsers(Number(platform.ready.http), round, acknowledged.users),
    ];
    await sleep(300 + Math.random() * 1_200);
    await end(platform);
    await Promise.all(load);
    console.log(
      `round ${round}: killed; ${acknowledged.mails.size} mails and ${acknowledged.users.size} accounts acknowledged so far`,
    );
  }

  return check(path, acknowledged);
}

async function makeUsers(port: number, round: number, acknowledged: Set<string>): Promise<void> {
  for (let number = 0; ; number++) {
    const email = `drill-${round}-${number}@example.org`;
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v2/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: 'a password for the drill' }),
      });
      if (answer.status === 201) acknowledged.add(email);
    } catch {
      return;
    }
  }
}

/** Starts once more, lets everything be parsed, stops, and looks into the database itself. */
async function check(path: string, acknowledged: Acknowledged): Promise<number> {
  const platform = await startPlatformProcess(path);
  const base = `http://127.0.0.1:${platform.ready.http}`;
  const chain = await (
    await fetch(`${base}/api/platform/audit/verify`, { headers: { authorization: `Bearer ${ROOT_TOKEN}` } })
  ).json();
  const db = knex({
    client: 'sqlite3',
    connection: { filename: `${path}/patchbay.sqlite3` },
    useNullAsDefault: true,
  });
  for (let tries = 0; tries < 600 && (await db('mail_messages').whereNull('parsed_at').first('id')); tries++)
    await sleep(100);
  await platform.stop();

  const subjects: { subject: string; times: number }[] = await db('mail_messages')
    .select('subject')
    .count({ times: '*' })
    .groupBy('subject');
  const stored = new Map(subjects.map(({ subject, times }) => [subject, Number(times)]));
  const users = new Set((await db('auth_users').select('email')).map(({ email }) => email));
  const unparsed = await db('mail_messages').whereNull('parsed_at').count({ total: '*' }).first();
  const integrity: { integrity_check: string }[] = await db.raw('pragma integrity_check');
  await db.destroy();

  const problems = [
    ...[...acknowledged.mails].filter((subject) => !stored.has(subject)).map((subject) => `lost mail: ${subject}`),
    ...[...stored].filter(([, times]) => times > 1).map(([subject, times]) => `stored ${times} times: ${subject}`),
    ...[...acknowledged.users].filter((email) => !users.has(email)).map((email) => `lost account: ${email}`),
    ...(Number(unparsed?.total) > 0 ? [`${unparsed?.total} messages are not parsed`] : []),
    ...(integrity[0]?.integrity_check === 'ok' ? [] : ['the database is damaged']),
    ...(JSON.stringify(chain).includes('"ok":true') ? [] : [`the audit chain is broken: ${JSON.stringify(chain)}`]),
  ];
  for (const problem of problems) console.log(problem);
  console.log(
    `\n${acknowledged.mails.size} mails and ${acknowledged.users.size} accounts acknowledged; ${stored.size} mails stored`,
  );
  return problems.length;
}
