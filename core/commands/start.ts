/**
 * `patchbay start`: serves until it is told to end, or until its launcher is gone; then drains and exits 0 (1 after an exception). A
 * restart that somebody asks for in the pages happens in the process: the platform is stopped, built anew and started.
 */
import type { RestoreOutcome } from '../backup/fresh-restore.ts';
import type { Between } from '../bind-settings.ts';
import { messageOf } from '../errors.ts';
import { collectBootGarbage } from '../heap-after-boot.ts';
import { inTime } from '../in-time.ts';
import { standardOutput } from '../observability/output.ts';
import { catchStrayErrors } from '../observability/stray-errors.ts';
import { doorText } from '../open-door.ts';
import { createPlatform, type Platform, type PlatformOptions } from '../platform.ts';
import { UnprovenSettings } from '../settings/unproven.ts';

/** A stop that takes longer than this is cut off. */
const STOP_LIMIT_MS = 10_000;
/** SIGHUP: the terminal was closed. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export async function start(): Promise<void> {
  let platform: Platform | undefined;
  let isEnding = false;
  const end = (exitCode: number): void => {
    if (isEnding) return;
    isEnding = true;
    // Before there is anything to drain the process just ends; the database forgets what has not committed.
    if (platform) drain(platform, exitCode);
    else process.exit(exitCode);
  };
  for (const signal of SIGNALS) process.on(signal, () => end(0));
  // The channel that `scripts/patchbay.mjs` holds open: it closes when the launcher dies, however it died.
  process.once('disconnect', () => end(0));
  // Listening to it keeps nothing alive: a start that fails is over.
  process.channel?.unref();

  let isRestarting = false;
  let watched: () => void = () => {};
  await serve();

  async function serve(restored?: RestoreOutcome): Promise<void> {
    const { built, port } = await started(watch, restored);
    platform = built;
    built.onRestart((between) => void restart(between));
    collectBootGarbage();
    const isAsBefore = Boolean(restored?.problem);
    if (isAsBefore) process.stderr.write(`patchbay: nothing was restored: ${restored?.problem}\n`);
    // Who has the set-up link goes on with it: another one would end it.
    standardOutput.write(await banner(built, port, !isAsBefore));
  }

  function watch({ services: { log, metrics }, plugins }: Platform): void {
    watched();
    const folders = new Map(plugins.map(({ plugin, folder }) => [plugin.name, folder]));
    watched = catchStrayErrors({ log, metrics, folders, end: () => end(1) });
  }

  async function restart(between?: Between): Promise<void> {
    if (isRestarting || isEnding || !platform) return;
    isRestarting = true;
    // Whoever starts processes again sees one that has ended; one that is stopping for ever is neither there nor gone.
    const limit = endLate();
    try {
      await platform.stop();
      clearTimeout(limit);
      if (isEnding) return process.exit(0);
      platform = undefined;
      await serve(await between?.());
    } catch (error) {
      process.stderr.write(`patchbay: ${messageOf(error)}\n`);
      process.exit(1);
    } finally {
      isRestarting = false;
    }
  }
}

/** With what is set in the pages; when that is newer than the last good start, and fails, with what that one had. */
async function started(
  watch: (platform: Platform) => void,
  restored?: RestoreOutcome,
): Promise<{ built: Platform; port: number }> {
  try {
    return await startedWith({ ...(restored && { restored }) }, watch);
  } catch (error) {
    if (!(error instanceof UnprovenSettings)) throw error;
    process.stderr.write(`patchbay: goes back to the settings of the last good start: ${error.message}\n`);
    return startedAsBefore(messageOf(error.cause), watch, restored);
  }
}

/** What is in force without a start has nearly always nothing to do with why one fails, and may be a door that was shut. */
async function startedAsBefore(failure: string, watch: (platform: Platform) => void, restored?: RestoreOutcome) {
  const options = { failure, ...(restored && { restored }) };
  try {
    return await startedWith({ ...options, keepsLive: true }, watch);
  } catch (error) {
    process.stderr.write(`patchbay: also without what needs no start: ${messageOf(error)}\n`);
    return startedWith(options, watch);
  }
}

async function startedWith(options: PlatformOptions, watch: (platform: Platform) => void) {
  const built = await createPlatform(options);
  watch(built);
  try {
    return { built, port: await built.start() };
  } catch (error) {
    throw built.settings.isUnproven() && options.failure === undefined
      ? new UnprovenSettings(messageOf(error), error)
      : error;
  }
}

function endLate(): NodeJS.Timeout {
  return setTimeout(() => {
    process.stderr.write('patchbay: did not drain in time\n');
    process.exit(1);
  }, STOP_LIMIT_MS).unref();
}

function drain(platform: Platform, exitCode: number): void {
  endLate();
  platform.stop().then(
    () => process.exit(exitCode),
    (error) => {
      process.stderr.write(`patchbay: ${error}\n`);
      process.exit(1);
    },
  );
}

async function banner(
  { services, scopeOf, plugins, openDoors }: Platform,
  port: number,
  announces: boolean,
): Promise<string> {
  const { http } = services.coreConfig;
  const lines = [
    `Patchbay serves ${http.publicUrl} (listening on ${http.host}:${port})`,
    `API documentation: ${http.publicUrl}/docs`,
    `Enabled: ${plugins.map(({ plugin }) => plugin.name).join(', ') || 'no plugins'}`,
  ];
  for (const { plugin } of announces ? plugins : []) {
    try {
      lines.push(...((await inTime(() => plugin.announce?.(scopeOf(plugin)))) ?? []));
    } catch (error) {
      services.log.error({ err: error, plugin: plugin.name }, 'A plugin has nothing to announce, but an error');
    }
  }
  lines.push(...(await openDoors()).map((door) => `Open to strangers: ${doorText(door)}`));
  return `\n${lines.map((line) => `  ${line}\n`).join('')}\n`;
}
