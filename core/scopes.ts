/**
 * What each plugin sees: the platform's services, the public ones of the plugins that it requires, and its own; and what each
 * part of one sees. Made once, at boot; a service that is missing stops the boot with a sentence.
 */
import { type AwilixContainer, asFunction, asValue, createContainer, InjectionMode } from 'awilix/browser';
import { nearest } from './config/validate.ts';
import { ConfigError, messageOf } from './errors.ts';
import type { Unit } from './parts.ts';
import { type LoadedPlugin, requiredNames } from './plugins.ts';
import type { Services } from './services.ts';

/** Views of the services, by the names of units: a plugin's own has the services of all its parts. */
export type Scopes = ReadonlyMap<string, Services>;

type Made = Readonly<Record<string, unknown>>;

/** Calls every factory once, in the order of the plugins, which are ordered by `requires`, and of their parts. */
export function buildScopes(platform: Services, plugins: readonly LoadedPlugin[]): Scopes {
  const root = createContainer<Services>({ injectionMode: InjectionMode.PROXY, strict: true });
  for (const [name, value] of Object.entries(platform)) root.register(name, asValue(value));
  const published = new Map<string, Made>();
  const scopes = new Map<string, Services>();
  const homes = homesOf(plugins);
  for (const { plugin, units, config } of plugins) {
    const given: Made = Object.assign({}, ...requiredNames(plugin).map((name) => published.get(name) ?? {}));
    const made = new Map<string, Made>();
    let ground: Made = {};
    for (const unit of units) {
      const seen = Object.assign({}, given, ground, ...(unit.part?.needs ?? []).map((need) => made.get(need)));
      const own = build({ root, unit, config, homes }, seen);
      if (unit.part) made.set(unit.part.name, own);
      else ground = own;
      scopes.set(unit.key, strict(unit.key, platform, seen, own));
    }
    const own: Made = Object.assign({}, ground, ...made.values());
    const names = Object.keys(plugin.publicServices ?? {});
    published.set(plugin.name, Object.fromEntries(names.map((name) => [name, own[name]])));
    if (made.size > 0) scopes.set(plugin.name, strict(plugin.name, platform, given, own));
  }
  return scopes;
}

interface Building {
  root: AwilixContainer<Services>;
  unit: Unit;
  config: unknown;
  homes: Homes;
}

/** The unit's own services, each built now. */
function build({ root, unit, config, homes }: Building, given: Made): Record<string, unknown> {
  const { definition } = unit;
  const scope = root.createScope();
  for (const [name, value] of Object.entries(given)) scope.register(name, asValue(value));
  const factories = { ...definition.services, ...definition.publicServices };
  const names = new Set([...Object.keys(root.registrations), ...Object.keys(given), ...Object.keys(factories)]);
  for (const [name, factory] of Object.entries(factories)) {
    if (scope.hasRegistration(name)) {
      throw new ConfigError(`The plugin '${unit.key}' declares the service '${name}', which it is given already`);
    }
    scope.register(
      name,
      asFunction((services: Services) => factory(rememberingServices(services, names) as never)).scoped(),
    );
  }
  // Awilix's own way to give something to one factory looks through all registrations for each.
  scope.register('config', asValue(config));
  return Object.fromEntries(Object.keys(factories).map((name) => [name, resolve(name)]));

  function resolve(name: string): unknown {
    try {
      return scope.resolve(name);
    } catch (error) {
      const sentence = `The plugin '${unit.key}' cannot build its service`;
      const { asking, missing } = UNRESOLVED.exec(messageOf(error))?.groups ?? {};
      if (asking === undefined || missing === undefined)
        throw new ConfigError(`${sentence} '${name}': ${messageOf(error)}`, { cause: error });
      const seen = Object.keys(scope.registrations).filter((other) => other !== asking);
      const hint = hintOf(missing, homes, unit, seen);
      throw new ConfigError(`${sentence} '${asking}': it sees no '${missing}'${hint}`, { cause: error });
    }
  }
}

/**
 * What a factory is given may be asked for services as long as the server runs: each is resolved once. Resolving one keeps a
 * stack and looks through it, which for an execution of a workflow was done dozens of times. `names` are all that it sees: Awilix
 * puts them together anew for each that is asked for.
 */
function rememberingServices(services: Services, names: ReadonlySet<string | symbol>): Services {
  const known = new Map<string | symbol, unknown>();
  // Around an empty object: each look would be checked against what is around it, which Awilix makes anew each time.
  return new Proxy({} as Services, {
    get(_, name) {
      const found = known.get(name);
      if (found !== undefined) return found;
      const value: unknown = Reflect.get(services, name);
      known.set(name, value);
      return value;
    },
    has: (_, name) => names.has(name),
    ownKeys: () => [...names],
    getOwnPropertyDescriptor: (_, name) => (names.has(name) ? { enumerable: true, configurable: true } : undefined),
  });
}

/** Awilix's `Resolution path: first -> asking -> missing`. */
const UNRESOLVED = /\nResolution path: (?:.* -> )?(?<asking>\S+) -> (?<missing>\S+)$/;

/** Which unit has a service of a name, and whether other plugins may see it. */
type Homes = ReadonlyMap<string, { unit: Unit; isPublic: boolean }>;

function homesOf(plugins: readonly LoadedPlugin[]): Homes {
  const homes = new Map<string, { unit: Unit; isPublic: boolean }>();
  for (const unit of plugins.flatMap(({ units }) => units)) {
    const { services = {}, publicServices = {} } = unit.definition;
    for (const name of Object.keys(services)) homes.set(name, { unit, isPublic: false });
    for (const name of Object.keys(publicServices)) homes.set(name, { unit, isPublic: true });
  }
  return homes;
}

function hintOf(missing: string, homes: Homes, asking: Unit, seen: readonly string[]): string {
  const home = homes.get(missing);
  const near = nearest(missing, seen);
  if (!home) return near ? `; did you mean '${near}'?` : '';
  const { name } = home.unit.definition;
  if (name === asking.definition.name)
    return asking.part
      ? ` ('${missing}' is a service of its part '${home.unit.part?.name}': name it in \`needs\`)`
      : ` ('${missing}' is a service of its part '${home.unit.part?.name}', which what is declared outside of parts does not see)`;
  return home.isPublic
    ? ` ('${missing}' is a service of the plugin '${name}': name it in \`requires\`)`
    : ` ('${missing}' is inside the plugin '${name}', which keeps it to itself)`;
}

/** What JavaScript itself asks any object for, without meaning a service. */
const NOT_SERVICES = new Set(['then', 'toJSON', 'constructor', 'inspect', 'asymmetricMatch', 'nodeType']);

/**
 * The services as a plain object, which costs a handler nothing to read; one that is not there throws a sentence instead
 * of being undefined.
 */
export function strict(owner: string, ...services: readonly object[]): Services {
  const missing = new Proxy(Object.create(null), {
    get(_, name) {
      if (typeof name === 'symbol' || NOT_SERVICES.has(name)) return undefined;
      throw new Error(`The plugin '${owner}' asks for the service '${name}', which it does not see`);
    },
    has: () => false,
  });
  return Object.freeze(Object.assign(Object.create(missing), ...services));
}
