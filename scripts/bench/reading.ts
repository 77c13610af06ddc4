/** (m) Reading of documents: 848 short texts that are sent at once, until all of them are found. */
import { createPlatform } from '#core/platform.ts';
import { insidesOf } from '#test/support/insides.ts';
import { ADMIN, type Figure, temporaryFolder } from './processes.ts';
import { newBase } from './reading/new-base.ts';

const TEXTS = 848;
const LOOK_MS = 50;
const MOST_SECONDS = 9;
const GIVE_UP_MS = 300_000;

export async function measureReading(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const platform = await createPlatform({
    env: {},
    overrides: {
      dataDir: folder.path,
      http: { port: 0 },
      logging: { level: 'warn' },
      mailer: { transport: 'log' },
      plugins: { auth: { admin: ADMIN }, admin: { enabled: false }, mail: { enabled: false } },
    },
  });
  await platform.start();
  const services = insidesOf(platform);
  const base = await newBase(services, 'Reading');
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  for (let number = 0; number < TEXTS; number++) {
    const bytes = Buffer.from(textOf(number), 'utf8');
    await services.documents.add(base, { name: `Text ${number}`, userId: null }, { bytes, mediaType: 'text/markdown' });
  }
  const sentAfter = performance.now() - startedAt;
  const ready = await allRead();
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  await platform.stop();
  folder.remove();
  const cpu = ((user + system) / 1e6).toFixed(1);
  return [
    {
      what: `${ready} of ${TEXTS} short texts read (${cpu} s of CPU; sent after ${(sentAfter / 1000).toFixed(1)} s)`,
      value: `${seconds.toFixed(1)} s`,
      target: `under ${MOST_SECONDS} s`,
      isMet: ready === TEXTS && seconds < MOST_SECONDS,
    },
  ];

  async function allRead(): Promise<number> {
    const until = performance.now() + GIVE_UP_MS;
    for (;;) {
      const rows = await services.db
        .read('ai_replies_documents')
        .where({ base: base.id })
        .groupBy('state')
        .select('state')
        .count<{ state: string; count: number }[]>({ count: '*' });
      const waiting = rows.find(({ state }) => state === 'waiting')?.count ?? 0;
      if (Number(waiting) === 0 || performance.now() > until)
        return Number(rows.find(({ state }) => state === 'ready')?.count ?? 0);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/** About as long as an answer to a frequent question: some are Chinese, some have headings. */
function textOf(number: number): string {
  return number % 2 === 0
    ? `# Question ${number}\n\nParcel ${number} is sent within ${number % 7} days. It costs ${number % 50} euros, and whoever returns it within two weeks gets the money back.\n\n## More\n\nAsk ${number} people.`
    : `# 问题 ${number}\n\n编号 ${number} 的包裹在 ${number % 7} 天内发货。运费 ${number % 50} 元，两周内退货可以全额退款。\n\n## 更多\n\n请咨询 ${number} 号客服。`;
}
