/** Mail beside its peer, and what people wait for: connections, parsing under load, lists and search of a full mailbox. */
import {
  type Figure,
  median,
  ROOT_TOKEN,
  runHttpLoad,
  runLoad,
  runSmtpLoad,
  startPlatformProcess,
  startScript,
  temporaryFolder,
} from './processes.ts';

const ROUNDS = 3;
const MAILS_IN_MAILBOX = 100_000;

export async function measureMail(): Promise<Figure[]> {
  return [
    ...(await besideMaildev('2 KB', 2_048)),
    ...(await besideMaildev('100 KB', 102_400)),
    await oneMailPerConnection(),
    ...(await parsingUnderLoad()),
    ...(await fullMailbox()),
  ];
}

async function besideMaildev(name: string, sizeBytes: number): Promise<Figure[]> {
  const load = { sizeBytes, seconds: 4, connections: 20 };
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const maildev = await startScript('./maildev.ts');
    const theirs = await runSmtpLoad({ ...load, port: maildev.ready.smtp });
    await maildev.stop();
    const folder = temporaryFolder();
    const platform = await startPlatformProcess(folder.path);
    const ours = await runSmtpLoad({ ...load, port: platform.ready.smtp });
    platform.process.kill('SIGKILL');
    folder.remove();
    ratios.push((ours.perSecond ?? 0) / (theirs.perSecond ?? 1));
    console.log(`        ${name}: ${rate(ours)} durable, maildev: ${rate(theirs)}`);
  }
  const ratio = median(ratios);
  return [figure(`receiving ${name} mails, of maildev`, ratio.toFixed(2), 'at least 1.00', ratio >= 1)];
}

async function oneMailPerConnection(): Promise<Figure> {
  const folder = temporaryFolder();
  const platform = await startPlatformProcess(folder.path);
  const { perSecond = 0 } = await runSmtpLoad({
    port: platform.ready.smtp,
    sizeBytes: 2_048,
    seconds: 5,
    connections: 50,
    mode: 'once',
  });
  await platform.stop();
  folder.remove();
  return figure(
    'one mail per connection from 50 connections',
    `${Math.round(perSecond)}/s`,
    'at least 400/s',
    perSecond >= 400,
  );
}

/**
 * 500 mails of 20 KB a second for ten seconds; what is left unparsed at the end, and what a list costs meanwhile: of the platform,
 * and of the bare program, which makes the same promise and does nothing else.
 */
async function parsingUnderLoad(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const platform = await startPlatformProcess(folder.path);
  const http = String(platform.ready.http);
  const ours = await listDuring(platform.ready, () => quiet(http));
  const backlog = await unparsed(http);
  await platform.stop();
  folder.remove();
  const bareFolder = temporaryFolder();
  const program = await startScript('./cpu/bare.ts', [bareFolder.path]);
  const bare = await listDuring(program.ready, () => new Promise((resolve) => setTimeout(resolve, 1_000)));
  await program.stop();
  bareFolder.remove();
  console.log(
    `        ${Math.round(ours.perSecond)} mails of 20 KB a second; ${told(ours)}; bare program: ${told(bare)}; ${backlog} of ${ours.accepted} unparsed at the end`,
  );
  const isKeepingUp = ours.perSecond >= 480 && backlog < ours.perSecond;
  return [
    figure(
      'parsing 500 mails of 20 KB a second: left at the end',
      `${backlog} mails`,
      'less than a second of them',
      isKeepingUp,
    ),
    figure(
      `p99 of a list during it, of its idle value (the bare program: ${bare.ratio.toFixed(1)})`,
      ours.ratio.toFixed(1),
      'at most 2',
      ours.ratio <= 2,
    ),
  ];

  function told({ idle, busy }: { idle: number; busy: number }): string {
    return `list p99 idle ${idle.toFixed(1)} ms, busy ${busy.toFixed(1)} ms`;
  }
}

/** The p99 in ms of a list of one mailbox, before and during the load; `settle` waits until the first mails are parsed. */
async function listDuring({ http, smtp }: Record<string, unknown>, settle: () => Promise<unknown>) {
  const list = { port: http, path: `/api/emails?mailbox=load0@example.com&admin_token=${ROOT_TOKEN}`, connections: 1 };
  await runSmtpLoad({ port: smtp, sizeBytes: 20_480, seconds: 1, connections: 2 });
  await settle();
  const { p99: idle = 1 } = await runHttpLoad({ ...list, seconds: 5 });
  const load = runLoad('./smtp-load.ts', [String(smtp), '20480', '10', '20', 'kept', '500']);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const { p99: busy = 0 } = await runHttpLoad({ ...list, seconds: 7 });
  const { accepted = 0, perSecond = 0 } = await load;
  return { idle, busy, ratio: busy / idle, accepted, perSecond };
}

async function fullMailbox(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const env = {
    PATCHBAY_DATADIR: folder.path,
    PATCHBAY_PLUGINS__MAIL__MAILBOXTTL: '0',
    PATCHBAY_LOGGING__LEVEL: 'warn',
  };
  const ports = { PATCHBAY_HTTP__PORT: '0', PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0' };
  await (await startScript('./fill-mailbox.ts', [String(MAILS_IN_MAILBOX)], { ...env, ...ports })).stop();
  const platform = await startPlatformProcess(folder.path);
  const base = `http://127.0.0.1:${platform.ready.http}`;
  const list = await times(`${base}/api/emails?mailbox=full@example.com`, 50);
  const words = [
    'invoice',
    'report meeting',
    'code77777',
    'parcel',
    'sender500',
    'ticket account',
    'code4',
    'nothinglikeit',
  ];
  const searches: number[] = [];
  for (const q of words)
    searches.push(...(await times(`${base}/api/platform/mail/messages?search=${encodeURIComponent(q)}`, 10)));
  await platform.stop();
  folder.remove();
  const listMs = at(list, 0.5);
  const searchMs = at(searches, 0.95);
  return [
    figure('first page of a mailbox of 100 000 mails', `${listMs.toFixed(1)} ms`, 'under 10 ms', listMs < 10),
    figure('search over 100 000 mails, p95', `${searchMs.toFixed(1)} ms`, 'under 100 ms', searchMs < 100),
  ];
}

async function times(url: string, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0; index < count; index++) {
    const startedAt = performance.now();
    const answer = await fetch(url, { headers: { authorization: `Bearer ${ROOT_TOKEN}` } });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    found.push(performance.now() - startedAt);
  }
  return found;
}

async function unparsed(http: string): Promise<number> {
  const headers = { authorization: `Bearer ${ROOT_TOKEN}` };
  const answer = await fetch(`http://127.0.0.1:${http}/api/v2/admin/health`, { headers });
  const health = (await answer.json()) as { checks: { mail: { detail: { unparsed: number } } } };
  return health.checks.mail.detail.unparsed;
}

async function quiet(http: string): Promise<void> {
  while ((await unparsed(http)) > 0) await new Promise((resolve) => setTimeout(resolve, 200));
}

function figure(what: string, value: string, target: string, isMet: boolean): Figure {
  return { what, value, target, isMet };
}

function rate({ perSecond = 0 }: Record<string, number>): string {
  return `${Math.round(perSecond)}/s`;
}

function at(values: number[], share: number): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
}
