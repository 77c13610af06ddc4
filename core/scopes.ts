/**
 * What each plugin sees: the platform's services, the public ones of the plugins that it requires, and its own. Made once,
 * at boot; a service that is missing stops the boot with a sentence.
 */
import { type AwilixContainer, asFunction, asValue, createContainer, InjectionMode } from 'awilix/browser';
import { nearest } from './config/validate.ts';
import { ConfigError, messageOf } from './errors.ts';
import { type LoadedPlugin, requiredNames } from './plugins.ts';
import type { Services } from './services.ts';

/** Each plugin's view of the services, by the plugin's name. */
export type Scopes = ReadonlyMap<string, Services>;

/** Calls every factory once, in the order of the plugins, which are ordered by `requires`. */
export function buildScopes(platform: Services, plugins: readonly LoadedPlugin[]): Scopes {
  const root = createContainer<Services>({ injectionMode: InjectionMode.PROXY, strict: true });
  for (const [name, value] of Object.entries(platform)) root.register(name, asValue(value));
  const published = new Map<string, Readonly<Record<string, unknown>>>();
  const scopes = new Map<string, Services>();
  const homes = homesOf(plugins);
  for (const loaded of plugins) {
    const { plugin } = loaded;
    const given = Object.assign({}, ...requiredNames(plugin).map((name) => published.get(name) ?? {}));
    const own = build(root, loaded, given, homes);
    const names = Object.keys(plugin.publicServices ?? {});
    published.set(plugin.name, Object.fromEntries(names.map((name) => [name, own[name]])));
    scopes.set(plugin.name, strict({ ...platform, ...given, ...own }, plugin.name));
  }
  return scopes;
}

/** The plugin's own services, each built now. */
function build(
  root: AwilixContainer<Services>,
  { plugin, config }: LoadedPlugin,
  given: Readonly<Record<string, unknown>>,
  homes: Homes,
): Record<string, unknown> {
  const scope = root.createScope();
  for (const [name, value] of Object.entries(given)) scope.register(name, asValue(value));
  const factories = { ...plugin.services, ...plugin.publicServices };
  for (const [name, factory] of Object.entries(factories)) {
    if (scope.hasRegistration(name)) {
      throw new ConfigError(`The plugin '${plugin.name}' declares the service '${name}', which it is given already`);
    }
    const registration = asFunction(factory as (services: Services) => unknown).scoped();
    scope.register(
      name,
      registration.inject(() => ({ config })),
    );
  }
  return Object.fromEntries(Object.keys(factories).map((name) => [name, resolve(name)]));

  function resolve(name: string): unknown {
    try {
      return scope.resolve(name);
    } catch (error) {
      const sentence = `The plugin '${plugin.name}' cannot build its service`;
      const { asking, missing } = UNRESOLVED.exec(messageOf(error))?.groups ?? {};
      if (asking === undefined || missing === undefined)
        throw new ConfigError(`${sentence} '${name}': ${messageOf(error)}`, { cause: error });
      const seen = Object.keys(scope.registrations).filter((other) => other !== asking);
      const hint = hintOf(missing, homes, seen);
      throw new ConfigError(`${sentence} '${asking}': it sees no '${missing}'${hint}`, { cause: error });
    }
  }
}

/** Awilix's `Resolution path: first -> asking -> missing`. */
const UNRESOLVED = /\nResolution path: (?:.* -> )?(?<asking>\S+) -> (?<missing>\S+)$/;

/** Which plugin has a service of a name, and whether others may see it. */
type Homes = ReadonlyMap<string, { plugin: string; isPublic: boolean }>;

function homesOf(plugins: readonly LoadedPlugin[]): Homes {
  const homes = new Map<string, { plugin: string; isPublic: boolean }>();
  for (const { plugin } of plugins) {
    for (const name of Object.keys(plugin.services ?? {})) homes.set(name, { plugin: plugin.name, isPublic: false });
    for (const name of Object.keys(plugin.publicServices ?? {}))
      homes.set(name, { plugin: plugin.name, isPublic: true });
  }
  return homes;
}

function hintOf(missing: string, homes: Homes, seen: readonly string[]): string {
  const home = homes.get(missing);
  const near = nearest(missing, seen);
  if (!home) return near ? `; did you mean '${near}'?` : '';
  return home.isPublic
    ? ` ('${missing}' is a service of the plugin '${home.plugin}': name it in \`requires\`)`
    : ` ('${missing}' is inside the plugin '${home.plugin}', which keeps it to itself)`;
}

/** What JavaScript itself asks any object for, without meaning a service. */
const NOT_SERVICES = new Set(['then', 'toJSON', 'constructor', 'inspect', 'asymmetricMatch', 'nodeType']);

/**
 * The services as a plain object, which costs a handler nothing to read; one that is not there throws a sentence instead
 * of being undefined.
 */
export function strict(services: object, owner: string): Services {
  const missing = new Proxy(Object.create(null), {
    get(_, name) {
      if (typeof name === 'symbol' || NOT_SERVICES.has(name)) return undefined;
      throw new Error(`The plugin '${owner}' asks for the service '${name}', which it does not see`);
    },
    has: () => false,
  });
  return Object.freeze(Object.assign(Object.create(missing), services));
}
