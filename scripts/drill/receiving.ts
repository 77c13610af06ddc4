/** Kills the process under SMTP and API load. */
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import { ROOT_TOKEN, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { kill } from './kill.ts';
import { sendMails } from './mail-sender.ts';

const CONNECTIONS = 10;
const folder = temporaryFolder();
const acknowledgedMails = new Set<string>();
const acknowledgedUsers = new Set<string>();

/** Gives how much of what was acknowledged is missing, or there twice. */
export async function drillReceiving(rounds: number): Promise<number> {
  for (let round = 1; round <= rounds; round++) {
    const platform = await startPlatformProcess(folder.path);
    const load = [
      ...Array.from({ length: CONNECTIONS }, (_, index) =>
        sendMails({
          port: Number(platform.ready.smtp),
          prefix: `drill ${round}-${index}`,
          to: 'drill@example.com',
          accepted: (subject) => acknowledgedMails.add(subject),
          goesOn: () => true,
        }),
      ),
      makeUsers(Number(platform.ready.http), round),
    ];
    await sleep(300 + Math.random() * 1_200);
    await kill(platform);
    await Promise.all(load);
    console.log(
      `round ${round}: killed; ${acknowledgedMails.size} mails and ${acknowledgedUsers.size} accounts acknowledged so far`,
    );
  }

  const lost = await check();
  folder.remove();
  return lost;
}

async function makeUsers(port: number, round: number): Promise<void> {
  for (let number = 0; ; number++) {
    const email = `drill-${round}-${number}@example.org`;
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v2/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: 'a password for the drill' }),
      });
      if (answer.status === 201) acknowledgedUsers.add(email);
    } catch {
      return;
    }
  }
}

/** Starts once more, lets everything be parsed, stops, and looks into the database itself. */
async function check(): Promise<number> {
  const platform = await startPlatformProcess(folder.path);
  const base = `http://127.0.0.1:${platform.ready.http}`;
  const chain = await (
    await fetch(`${base}/api/platform/audit/verify`, { headers: { authorization: `Bearer ${ROOT_TOKEN}` } })
  ).json();
  const db = knex({
    client: 'sqlite3',
    connection: { filename: `${folder.path}/patchbay.sqlite3` },
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
    ...[...acknowledgedMails].filter((subject) => !stored.has(subject)).map((subject) => `lost mail: ${subject}`),
    ...[...stored].filter(([, times]) => times > 1).map(([subject, times]) => `stored ${times} times: ${subject}`),
    ...[...acknowledgedUsers].filter((email) => !users.has(email)).map((email) => `lost account: ${email}`),
    ...(Number(unparsed?.total) > 0 ? [`${unparsed?.total} messages are not parsed`] : []),
    ...(integrity[0]?.integrity_check === 'ok' ? [] : ['the database is damaged']),
    ...(JSON.stringify(chain).includes('"ok":true') ? [] : [`the audit chain is broken: ${JSON.stringify(chain)}`]),
  ];
  for (const problem of problems) console.log(problem);
  console.log(
    `\n${acknowledgedMails.size} mails and ${acknowledgedUsers.size} accounts acknowledged; ${stored.size} mails stored`,
  );
  return problems.length;
}
