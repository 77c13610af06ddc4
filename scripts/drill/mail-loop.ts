/**
 * Two installations whose workflows answer all mail, that forward to each other in a circle, and are both on two mailing
 * lists, one of which marks nothing. Each mail arrives where it should, and then there is silence.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import { freePort } from '#test/support/free-port.ts';
import { type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { adminOf, postJson } from '../bench/robots/fleet.ts';
import { kill, setClock } from './kill.ts';
import { DOMAIN as LISTS, startListServer } from './mailing-lists.ts';

const MAILS_A_ROUND = 5;
/** Nothing more has been sent for so long: it is over. */
const SILENCE_MS = 10_000;
const LONGEST_MS = 600_000;
/** Longer than the first wait between two tries of a delivery. */
const RETRY_MS = 6 * 60_000;
/** Copies of one mail on all ways together: it, an answer of each side, and both again by way of a list of two. */
const MOST_PER_MAIL = 8;

interface Place {
  domain: string;
  port: number;
  folder: ReturnType<typeof temporaryFolder>;
}

/** Gives how many mails were lost, and how many there were too many. */
export async function drillMailLoop(rounds: number): Promise<number> {
  const [one, two]: [Place, Place] = [await makePlace('one.example'), await makePlace('two.example')];
  const lists = await startListServer([one, two].map(({ domain, port }) => ({ address: `desk@${domain}`, port })));
  const routes = { ...routeTo(one), ...routeTo(two), [LISTS]: `127.0.0.1:${lists.port}` };
  const start = ({ domain, port, folder }: Place): Promise<Running> =>
    startPlatformProcess(folder.path, {
      PATCHBAY_MAILER: JSON.stringify({ transport: 'mx', mx: { routes } }),
      PATCHBAY_PLUGINS__MAIL__DOMAINS: JSON.stringify([domain]),
      PATCHBAY_PLUGINS__MAIL__SMTP__PORT: String(port),
    });
  const running = { one: await start(one), two: await start(two) };
  await prepare(running.one, one.domain, two.domain);
  await prepare(running.two, two.domain, one.domain);

  const wanted: { subject: string; at: string[] }[] = [];
  for (let round = 1; round <= rounds; round++) {
    const admin = await adminOf(running.one);
    for (let number = 0; number < MAILS_A_ROUND; number++) {
      for (const to of ['desk@two.example', 'ring@two.example', `good@${LISTS}`, `bare@${LISTS}`]) {
        const subject = `${to} ${round}-${number}`;
        const mail = { from: 'desk@one.example', to, subject, text: 'Hello' };
        await postJson(running.one, '/api/send', admin, mail);
        const isToList = to.endsWith(LISTS);
        wanted.push({ subject, at: isToList ? ['desk@one.example', 'desk@two.example'] : [to] });
      }
    }
    await sleep(500);
    await kill(running.two);
    running.two = await start(two);
    console.log(`round ${round}: one of them killed; the lists have given ${lists.copies()} copies`);
  }

  const isSilent = await silence();
  const arrived = await received([one, two]);
  const all = (await sentBy([one, two])) + lists.copies();
  await Promise.all([running.one.stop(), running.two.stop()]);
  await lists.close();
  for (const { folder } of [one, two]) folder.remove();
  const missing = wanted.flatMap(({ subject, at }) =>
    at
      .filter((address) => !arrived.has(`${address}: ${subject}`))
      .map((address) => `${address} has not got: ${subject}`),
  );
  const problems = [
    ...missing,
    ...(isSilent ? [] : ['they did not come to rest']),
    ...(all > wanted.length * MOST_PER_MAIL ? [`${all} copies of ${wanted.length} mails`] : []),
  ];
  for (const problem of problems.slice(0, 20)) console.log(problem);
  console.log(
    `${wanted.length} mails, ${missing.length} lost; ${all} copies in all, ${lists.posts()} posts at the lists, and silence`,
  );
  return problems.length;

  /** Waits until nothing is left to send and nothing has been sent for a while; false when that never comes. */
  async function silence(): Promise<boolean> {
    const until = performance.now() + LONGEST_MS;
    let [last, since, aheadMs] = [-1, performance.now(), 0];
    while (performance.now() < until) {
      const now = (await sentBy([one, two])) + lists.copies();
      if (now !== last) since = performance.now();
      if (performance.now() - since > SILENCE_MS) {
        if ((await queued([one, two])) === 0) return true;
        // What met a dead process waits for its next try.
        aheadMs += RETRY_MS;
        await Promise.all([setClock(running.one, aheadMs), setClock(running.two, aheadMs)]);
        since = performance.now();
      }
      last = now;
      await sleep(500);
    }
    return false;
  }
}

async function makePlace(domain: string): Promise<Place> {
  return { domain, port: await freePort(), folder: temporaryFolder() };
}

function routeTo({ domain, port }: Place): Record<string, string> {
  return { [domain]: `127.0.0.1:${port}` };
}

/** A desk that answers all mail, and an address that forwards to the same one of the other side. */
async function prepare(platform: Running, domain: string, other: string): Promise<void> {
  const admin = await adminOf(platform);
  await postJson(platform, '/api/create', admin, { local: 'desk' });
  await postJson(platform, '/api/create', admin, { local: 'ring' });
  const info = `http://127.0.0.1:${platform.ready.http}/api/mailbox/info?address=ring@${domain}`;
  const { id } = (await (await fetch(info, { headers: { authorization: `Bearer ${admin}` } })).json()) as {
    id: number;
  };
  await postJson(platform, '/api/mailbox/forward', admin, { mailbox_id: id, forward_to: `ring@${other}` });
  const document = { dsl: '1.0.0', namespace: 'drill', name: 'away', version: '1.0.0' };
  const schedule = { on: { one: { with: { type: 'mail.received', data: `\${ .mailbox == "desk@${domain}" }` } } } };
  const answer = { message_id: `\${ $workflow.input[0].data.message_id }`, text: 'I am away.' };
  const definition = { document, schedule, do: [{ answer: { call: 'mail.reply', with: answer } }] };
  await postJson(platform, '/api/platform/workflows', admin, { definition });
}

function sentBy(places: readonly Place[]): Promise<number> {
  return deliveries(places, ['sent', 'delivered']);
}

function queued(places: readonly Place[]): Promise<number> {
  return deliveries(places, ['queued']);
}

async function deliveries(places: readonly Place[], statuses: readonly string[]): Promise<number> {
  const counted = (db: ReturnType<typeof knex>) =>
    db('mail_deliveries').whereIn('status', statuses).count({ count: '*' }).first();
  const counts = await Promise.all(
    places.map((place) => within(place, async (db) => Number((await counted(db))?.count))),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** `address: subject` of all that came, without what only answers it. */
async function received(places: readonly Place[]): Promise<Set<string>> {
  const rows = await Promise.all(
    places.map((place) => within(place, (db) => db('mail_messages').select('envelope_to', 'subject'))),
  );
  return new Set(rows.flat().map(({ envelope_to, subject }) => `${envelope_to}: ${subject}`));
}

async function within<T>({ folder }: Place, ask: (db: ReturnType<typeof knex>) => Promise<T>): Promise<T> {
  const connection = { filename: `${folder.path}/patchbay.sqlite3` };
  const db = knex({ client: 'sqlite3', connection, useNullAsDefault: true });
  return ask(db).finally(() => db.destroy());
}
