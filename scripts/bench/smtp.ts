/**
 * (b) Durable receiving over 20 kept-open connections: of a bare smtp-server that discards, which is the limit of this
 * runtime, and beside Postfix, which makes the same promise.
 */
import { spawnSync } from 'node:child_process';
import { type Figure, median, runSmtpLoad, startPlatformProcess, startScript, temporaryFolder } from './processes.ts';

const ROUNDS = 3;
const LOAD = { seconds: 5, connections: 20 };
const SIZES = [
  { name: '2 KB', sizeBytes: 2_048, ofBare: 0.5, ofPostfix: 3 },
  { name: '20 KB', sizeBytes: 20_480, ofBare: null, ofPostfix: 2 },
  { name: '100 KB', sizeBytes: 102_400, ofBare: 0.4, ofPostfix: 2 },
];

export async function measureSmtp(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const folders: ReturnType<typeof temporaryFolder>[] = [];
  const hasPostfix = postfixIsThere();
  for (const { name, sizeBytes, ofBare, ofPostfix } of SIZES) {
    const rates: Record<'ours' | 'bare' | 'postfix' | 'durable', number[]> = {
      ours: [],
      bare: [],
      postfix: [],
      durable: [],
    };
    for (let round = 0; round < ROUNDS; round++) {
      if (ofBare) rates.bare.push(await rateOf('./bare-smtp.ts', sizeBytes));
      if (hasPostfix) rates.postfix.push(await rateOf('./postfix.ts', sizeBytes));
      const [folder, durable] = [temporaryFolder(), temporaryFolder()];
      folders.push(folder, durable);
      // The same promise and nothing else: what the disk and the libraries leave to reach.
      if (hasPostfix) rates.durable.push(await rateOf('./cpu/bare.ts', sizeBytes, [durable.path]));
      rates.ours.push(await rateOfPlatform(folder.path, sizeBytes));
      const now = Object.entries(rates).flatMap(([who, all]) =>
        all.length ? `${who} ${Math.round(all.at(-1) ?? 0)}/s` : [],
      );
      console.log(`        ${name}: ${now.join(', ')}`);
    }
    const ratio = (peer: 'bare' | 'postfix', of: 'ours' | 'durable' = 'ours') =>
      median(rates[of].map((rate, round) => rate / (rates[peer][round] ?? 1)));
    if (ofBare) figures.push(figure(`receiving ${name} mails, of a bare smtp-server`, ratio('bare'), ofBare));
    const what = `receiving ${name} mails, of Postfix (as durable and nothing else: ${ratio('postfix', 'durable').toFixed(2)})`;
    if (hasPostfix) figures.push(figure(what, ratio('postfix'), ofPostfix));
  }
  // At the end: ext4 makes new files slowly for minutes after thousands were deleted.
  for (const folder of folders) folder.remove();
  return figures;
}

async function rateOf(script: string, sizeBytes: number, args: readonly string[] = []): Promise<number> {
  const peer = await startScript(script, args);
  const { perSecond = 0 } = await runSmtpLoad({ ...LOAD, sizeBytes, port: peer.ready.smtp });
  await peer.stop();
  return perSecond;
}

async function rateOfPlatform(dataDir: string, sizeBytes: number): Promise<number> {
  const platform = await startPlatformProcess(dataDir);
  const { perSecond = 0, refused } = await runSmtpLoad({ ...LOAD, sizeBytes, port: platform.ready.smtp });
  platform.process.kill('SIGKILL');
  if (refused) throw new Error(`${refused} mails were refused`);
  return perSecond;
}

/** Says in one line how to have the comparison where it cannot be made. */
function postfixIsThere(): boolean {
  const isInstalled = spawnSync('postconf', ['-d', 'mail_version']).status === 0;
  if (isInstalled && process.getuid?.() === 0) return true;
  const remedy = isInstalled ? 'run the benchmark as root, which its master needs' : 'apt-get install postfix (Debian)';
  console.log(`        Receiving is not compared with Postfix: ${remedy}`);
  return false;
}

function figure(what: string, ratio: number, target: number): Figure {
  return { what, value: ratio.toFixed(2), target: `at least ${target.toFixed(2)}`, isMet: ratio >= target };
}
