/** Starting and stopping plugins: a mistake of one is named, and holds up none of the others for long. */
import { scopeNamed } from './bind-plugins.ts';
import { ConfigError, codeOf, isAppError, messageOf } from './errors.ts';
import { inTime } from './in-time.ts';
import type { Logger } from './observability/log.ts';
import type { Unit } from './parts.ts';
import type { OpenDoor, Plugin } from './plugin.ts';
import type { LoadedPlugin } from './plugins.ts';
import type { Scopes } from './scopes.ts';

export interface PluginLifecycle {
  /** All that listen, then all that start, in the order of their requirements. Throws with the plugin's name. */
  start(): Promise<void>;
  /** In reverse order, each after the one before; who hangs makes none wait past the limit that they have together. */
  stop(): Promise<void>;
  /** What is open to strangers, as the plugins say it. */
  openDoors(): Promise<(string | OpenDoor)[]>;
  /** Addresses of people who look after the server, of all plugins that can say some. */
  operators(): Promise<string[]>;
}

export interface PluginLifecycleParts {
  plugins: readonly LoadedPlugin[];
  scopes: Scopes;
  log: Logger;
}

/** After this a plugin that is still starting is named in the log, again and again. */
const SLOW_START_MS = 10_000;
const LONGEST_START_MS = 10 * 60_000;
/** Of all plugins together, so that jobs and the database have their part of the 10 s whoever hangs. */
const STOP_MS = 4_000;

export function createPluginLifecycle({ plugins, scopes, log }: PluginLifecycleParts): PluginLifecycle {
  const started: LoadedPlugin[] = [];
  const scopeOf = (key: string) => scopeNamed(scopes, key);

  return {
    async start() {
      started.push(...plugins);
      for (const { plugin } of plugins) await named(plugin.name, () => plugin.listen?.(scopeOf(plugin.name)));
      for (const { plugin, units, config } of plugins)
        await named(plugin.name, async () => {
          for (const { key, part } of units) await part?.start?.(scopeOf(key) as never);
          await plugin.start?.(scopeOf(plugin.name), config as never);
        });
    },
    async stop() {
      const limit = after(STOP_MS);
      for (const { plugin, units } of [...started].reverse()) {
        const stopped = stopAll(plugin, units);
        const late = Symbol();
        if ((await Promise.race([stopped, limit.then(() => late)])) === late)
          log.warn({ plugin: plugin.name }, 'The plugin has not stopped in time; the server stops without it');
      }
    },
    async openDoors() {
      const all = plugins.map(({ plugin }) => plugin);
      const told = await Promise.allSettled(
        all.map((plugin) => inTime(() => plugin.openDoors?.(scopeOf(plugin.name)) ?? [])),
      );
      return told.flatMap((doors, place) => {
        if (doors.status === 'fulfilled') return doors.value;
        const name = all[place]?.name ?? '';
        log.error({ err: doors.reason, plugin: name }, 'A plugin cannot say which doors it opens');
        return [`the plugin '${name}' cannot say what it opens`];
      });
    },
    async operators() {
      const told = await Promise.allSettled(
        plugins.map(({ plugin }) => inTime(() => plugin.operators?.(scopeOf(plugin.name)) ?? [])),
      );
      return told.flatMap((addresses) => (addresses.status === 'fulfilled' ? addresses.value : []));
    },
  };

  /** The plugin's own first, then its parts, each before those that it needs. One that cannot keeps none from it. */
  async function stopAll(plugin: Plugin, units: readonly Unit[]): Promise<void> {
    const stops = [
      ...units.map(({ key, part }) => ({ key, stop: () => part?.stop?.(scopeOf(key) as never) })),
      { key: plugin.name, stop: () => plugin.stop?.(scopeOf(plugin.name)) },
    ];
    for (const { key, stop } of stops.reverse())
      await Promise.resolve()
        .then(stop)
        .catch((error) => log.error({ err: error, part: key }, 'A part did not stop cleanly'));
  }

  /** An error of a plugin's start with the plugin's name; what the operator can mend is one sentence. */
  async function named(plugin: string, work: () => Promise<void> | undefined): Promise<void> {
    const slow = setInterval(() => log.warn({ plugin }, 'The plugin is still starting'), SLOW_START_MS);
    const late = after(LONGEST_START_MS).then(() => {
      throw new Error(`it has not started within ${LONGEST_START_MS / 60_000} minutes`);
    });
    try {
      await Promise.race([work(), late]);
    } catch (error) {
      const sentence = `The plugin '${plugin}' could not start: ${messageOf(error)}`;
      const isPlain = error instanceof ConfigError || isAppError(error) || /^E[A-Z]+$/.test(codeOf(error));
      throw isPlain ? new ConfigError(sentence, { cause: error }) : new Error(sentence, { cause: error });
    } finally {
      clearInterval(slow);
      late.catch(() => {});
    }
  }
}

/** Keeps no process alive. */
function after(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref());
}
