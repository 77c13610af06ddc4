/**
 * Parts of plugins. To everybody outside a plugin with parts is like any other: what its parts declare is joined. Inside each
 * part is bound to what it sees and no more: the platform, what its plugin requires, the plugin's own ground floor, the
 * parts that it needs, and itself.
 */
import { nearest } from './config/validate.ts';
import { ConfigError } from './errors.ts';
import { endingAt } from './events/owned-tables.ts';
import type { Part, Plugin } from './plugin.ts';

/** A plugin, or a part of one, as it is bound: a definition under the plugin's name, and what it sees. */
export interface Unit {
  /** Its scope's name: `robots` for the plugin, `robots/inbox` for a part. */
  key: string;
  /** Null for what the plugin declares outside of its parts. */
  part: Part | null;
  definition: Plugin;
}

/** Lists that parts declare, one after the other behind those of the plugin. */
const LISTS = [
  'routes',
  'sockets',
  'cron',
  'jobs',
  'mustHear',
  'erasures',
  'functions',
  'meters',
  'attention',
  'firstSteps',
  'aboutPeople',
  'alerts',
  'gauges',
  'commands',
  'settings',
] as const satisfies readonly (keyof Part)[];

/** What parts declare by name: a name that two of them have is a mistake. */
const RECORDS = [
  'contents',
  'tables',
  'services',
  'publicServices',
  'tags',
  'schemas',
  'events',
  'eventAccess',
  'lastEvents',
  'on',
  'passOver',
  'hearWithin',
  'hookPoints',
  'hooks',
  'activity',
  'scopes',
  'tenantSettings',
] as const satisfies readonly (keyof Part)[];

/** What is remembered of a plugin, as its schema compiled, is found again when the server starts again in its process. */
const known = new WeakMap<Plugin, Plugin>();

/** The plugin with all that its parts declare, in the order in which it names them. Throws a ConfigError. */
export function joined(plugin: Plugin): Plugin {
  if ((plugin.parts ?? []).length === 0) return plugin;
  const found = known.get(plugin) ?? join(plugin);
  known.set(plugin, found);
  return found;
}

function join(plugin: Plugin): Plugin {
  const { parts = [] } = plugin;
  const all: readonly Partial<Plugin>[] = [plugin, ...parts];
  refuseShadows(plugin);
  const lists = LISTS.map((field) => [field, all.flatMap((one): readonly unknown[] => one[field] ?? [])] as const);
  const records = RECORDS.map((field) => [field, joinedRecord(plugin, field)] as const);
  const given = [...lists, ...records].filter(([field]) => all.some((one) => one[field] !== undefined));
  return { ...plugin, ...Object.fromEntries(given) };
}

function joinedRecord(plugin: Plugin, field: (typeof RECORDS)[number]): Record<string, unknown> {
  const homes = new Map<string, string>();
  const whole: Record<string, unknown> = {};
  for (const [home, one] of [[`the plugin itself`, plugin], ...namedParts(plugin)] as const)
    for (const [name, value] of Object.entries(one[field] ?? {})) {
      const other = homes.get(name);
      if (other !== undefined)
        throw new ConfigError(`The plugin '${plugin.name}' has '${name}' in \`${field}\` of ${other} and of ${home}`);
      homes.set(name, home);
      whole[name] = value;
    }
  return whole;
}

/** What a plugin gives others may not be called as what one of its parts keeps to itself. */
function refuseShadows(plugin: Plugin): void {
  const own = new Map(
    [['the plugin itself', plugin] as const, ...namedParts(plugin)].flatMap(([home, { services = {} }]) =>
      Object.keys(services).map((name) => [name, home] as const),
    ),
  );
  for (const [home, { publicServices = {} }] of [['the plugin itself', plugin] as const, ...namedParts(plugin)])
    for (const name of Object.keys(publicServices))
      if (own.has(name))
        throw new ConfigError(
          `The plugin '${plugin.name}' has the service '${name}' for others, of ${home}, and for itself, of ${own.get(name)}`,
        );
}

function namedParts({ parts = [] }: Plugin): [string, Part][] {
  return parts.map((part) => [`its part '${part.name}'`, part]);
}

/** The plugin's own, and each of its parts after all that it needs. Throws a ConfigError. */
export function unitsOf(plugin: Plugin): Unit[] {
  const { name, summary, parts = [] } = plugin;
  // Whoever says that an event must be heard means it for whoever hears it.
  const mustHear = [plugin, ...parts].flatMap((one) => one.mustHear ?? []);
  // Rows go last, after all that the plugin itself does about an end: where it does so in a part, after that.
  const { tables = {} } = joined(plugin);
  const inParts = new Set(parts.flatMap(({ on = {} }) => Object.keys(on)));
  const tablesOf = ({ on = {} }: Part) => endingAt(tables, (event) => Object.hasOwn(on, event));
  return [
    {
      key: name,
      part: null,
      definition: { ...plugin, mustHear, tables: endingAt(tables, (event) => !inParts.has(event)) },
    },
    ...inOrder(plugin, parts).map(
      (part): Unit => ({
        key: `${name}/${part.name}`,
        part,
        definition: { ...part, name, summary, mustHear, tables: tablesOf(part) },
      }),
    ),
  ];
}

function inOrder(plugin: Plugin, parts: readonly Part[]): Part[] {
  const byName = new Map(parts.map((part) => [part.name, part]));
  if (byName.size < parts.length) throw new ConfigError(`The plugin '${plugin.name}' has two parts of one name`);
  const ordered: Part[] = [];
  for (const part of parts) visit(part, []);
  return ordered;

  function visit(part: Part, path: readonly string[]): void {
    if (ordered.includes(part)) return;
    if (path.includes(part.name)) {
      const circle = [...path.slice(path.indexOf(part.name)), part.name].join(' → ');
      throw new ConfigError(`Parts of the plugin '${plugin.name}' need each other in a circle: ${circle}`);
    }
    for (const need of part.needs ?? []) visit(needed(part, need), [...path, part.name]);
    ordered.push(part);
  }

  function needed(part: Part, need: string): Part {
    const found = byName.get(need);
    if (found) return found;
    const near = nearest(need, [...byName.keys()]);
    const hint = near ? `; did you mean '${near}'?` : '';
    throw new ConfigError(
      `The part '${part.name}' of the plugin '${plugin.name}' needs '${need}', which is none of its parts${hint}`,
    );
  }
}
