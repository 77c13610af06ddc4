/** (b) Durable receiving over 20 kept-open connections, against a bare smtp-server that discards. */
import { type Figure, median, runLoad, startPlatformProcess, startScript, temporaryFolder } from './processes.ts';

const ROUNDS = 3;
const SECONDS = '5';
const CONNECTIONS = '20';
const SIZES = [
  { name: '2 KB', bytes: '2048', target: 0.5 },
  { name: '100 KB', bytes: '102400', target: 0.4 },
];

export async function measureSmtp(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const folders: ReturnType<typeof temporaryFolder>[] = [];
  for (const { name, bytes, target } of SIZES) {
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const bare = await startScript('./bare-smtp.ts');
      const limit = await runLoad('./smtp-load.ts', [String(bare.ready.smtp), bytes, SECONDS, CONNECTIONS]);
      await bare.stop();
      const folder = temporaryFolder();
      folders.push(folder);
      const platform = await startPlatformProcess(folder.path);
      const ours = await runLoad('./smtp-load.ts', [String(platform.ready.smtp), bytes, SECONDS, CONNECTIONS]);
      platform.process.kill('SIGKILL');
      if (ours.refused) throw new Error(`${ours.refused} mails were refused`);
      ratios.push((ours.perSecond ?? 0) / (limit.perSecond ?? 1));
      console.log(
        `        ${name}: ${Math.round(ours.perSecond ?? 0)}/s durable, bare smtp-server: ${Math.round(limit.perSecond ?? 0)}/s`,
      );
    }
    const ratio = median(ratios);
    figures.push({
      what: `receiving ${name} mails, of a bare smtp-server`,
      value: ratio.toFixed(2),
      target: `at least ${target.toFixed(2)}`,
      isMet: ratio >= target,
    });
  }
  // At the end: ext4 makes new files slowly for minutes after thousands were deleted.
  for (const folder of folders) folder.remove();
  return figures;
}
