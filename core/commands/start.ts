/** `patchbay start`: serves until SIGTERM or SIGINT, then drains and exits 0. */
import { collectBootGarbage } from '../heap-after-boot.ts';
import { createPlatform, type Platform } from '../platform.ts';

/** A stop that takes longer than this is cut off. */
const STOP_LIMIT_MS = 10_000;

export async function start(): Promise<void> {
  const platform = await createPlatform();
  const port = await platform.start();
  collectBootGarbage();
  process.stdout.write(await banner(platform, port));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(platform));
}

async function end(platform: Platform): Promise<void> {
  const limit = setTimeout(() => {
    process.stderr.write('patchbay: did not drain in time\n');
    process.exit(1);
  }, STOP_LIMIT_MS);
  limit.unref();
  await platform.stop();
  process.exit(0);
}

async function banner({ services, plugins }: Platform, port: number): Promise<string> {
  const { http } = services.coreConfig;
  const lines = [
    `Patchbay serves ${http.publicUrl} (listening on ${http.host}:${port})`,
    `API documentation: ${http.publicUrl}/docs`,
    `Enabled: ${plugins.map(({ plugin }) => plugin.name).join(', ') || 'no plugins'}`,
  ];
  for (const { plugin } of plugins) lines.push(...((await plugin.announce?.(services)) ?? []));
  return `\n${lines.map((line) => `  ${line}\n`).join('')}\n`;
}
