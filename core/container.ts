/** Plugins' services in the container, and what all plugins declare in one catalogue. */
import { type AwilixContainer, asFunction } from 'awilix';
import type { TSchema } from 'typebox';
import { ConfigError } from './config/config-error.ts';
import { messageOf } from './errors.ts';
import { coreEvents } from './operations/core-events.ts';
import type { Catalogue, Services } from './plugin.ts';
import type { LoadedPlugin } from './plugins.ts';

export function catalogueOf(plugins: readonly LoadedPlugin[]): Catalogue {
  const definitions = plugins.map(({ plugin }) => plugin);
  return {
    plugins: plugins.map(({ plugin: { name, summary, requires = [] }, version }) => ({
      ...{ name, version, summary, requires },
    })),
    scopes: Object.assign({}, ...definitions.map((plugin) => plugin.scopes ?? {})),
    meters: definitions.flatMap((plugin) => plugin.meters ?? []),
    tenantSettings: Object.assign({}, ...definitions.map((plugin) => plugin.tenantSettings ?? {})) as Record<
      string,
      TSchema
    >,
    events: Object.assign({}, coreEvents.events, ...definitions.map((plugin) => plugin.events ?? {})) as Record<
      string,
      TSchema
    >,
  };
}

export function registerFactories(container: AwilixContainer<Services>, plugins: readonly LoadedPlugin[]): void {
  for (const { plugin, config } of plugins) {
    for (const [name, factory] of Object.entries(plugin.services ?? {})) {
      if (container.hasRegistration(name)) {
        throw new ConfigError(`The plugin '${plugin.name}' declares the service '${name}', which exists already`);
      }
      const registration = asFunction(factory as (services: Services) => unknown).singleton();
      container.register(
        name,
        registration.inject(() => ({ config })),
      );
    }
  }
}

/** Builds every service now, so that a missing one stops the boot and not a request. */
export function resolveAll(container: AwilixContainer<Services>, plugins: readonly LoadedPlugin[]): void {
  for (const { plugin } of plugins) {
    for (const name of Object.keys(plugin.services ?? {})) {
      try {
        container.resolve(name);
      } catch (error) {
        throw new ConfigError(`The plugin '${plugin.name}' cannot build its service '${name}': ${messageOf(error)}`, {
          cause: error,
        });
      }
    }
  }
}
