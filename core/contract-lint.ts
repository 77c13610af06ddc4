/** Mistakes in what plugins declare that no type can see: each is a sentence, said before anything starts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Access, scopesOf } from './access/access.ts';
import { coreActivity } from './activity/core-activity.ts';
import { platformDialect } from './http/dialect.ts';
import { coreEvents } from './operations/core-events.ts';
import type { Plugin } from './plugin.ts';
import { type LoadedPlugin, requiredNames } from './plugins.ts';

/** All sentences about all plugins. */
export function mistakesOf(plugins: readonly LoadedPlugin[]): string[] {
  const byName = new Map(plugins.map(({ plugin }) => [plugin.name, plugin]));
  const all = plugins.map(({ plugin }) => plugin);
  return plugins.flatMap(({ plugin, isBuiltIn }) => {
    const seen = [plugin, ...requiredNames(plugin).flatMap((name) => byName.get(name) ?? [])];
    const found = [
      ...scopeMistakes(plugin, seen),
      ...parameterMistakes(plugin),
      ...nameMistakes(plugin),
      ...wordMistakes(plugin, all),
      ...contentsMistakes(plugin),
      ...eventMistakes(plugin, seen),
      ...hookMistakes(plugin, seen),
      ...pageMistakes(plugin, isBuiltIn),
      // Those of built-in plugins are looked at by a test of the house, and not at each start.
      ...(isBuiltIn ? [] : [...tableMistakes(plugin), ...takenNames(plugin, all)]),
    ];
    return found.map((sentence) => `The plugin '${plugin.name}' ${sentence}`);
  });
}

function scopeMistakes(plugin: Plugin, seen: readonly Plugin[]): string[] {
  const declared = new Set(seen.flatMap(({ scopes }) => Object.keys(scopes ?? {})));
  const asked: [string, Access][] = [
    ...(plugin.routes ?? []).map(({ method, path, access }): [string, Access] => [`${method} ${path}`, access]),
    ...(plugin.sockets ?? []).map(({ path, access }): [string, Access] => [path, access]),
    ...(plugin.functions ?? []).map(({ name, access }): [string, Access] => [`the function ${name}`, access]),
    ...Object.entries<Access | undefined>(plugin.eventAccess ?? {}).flatMap(([type, access]): [string, Access][] =>
      access === undefined ? [] : [[`the event ${type}`, access]],
    ),
  ];
  return asked.flatMap(([what, access]) =>
    (typeof access === 'string' ? [] : scopesOf(access))
      .filter((scope) => !declared.has(scope))
      .map((scope) => `asks for the scope '${scope}' (${what}), which no key can have: declare it in \`scopes\``),
  );
}

function parameterMistakes({ routes = [] }: Plugin): string[] {
  return routes.flatMap(({ method, path, params }) => {
    const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''));
    const inSchema = new Set(Object.keys(params?.properties ?? {}));
    const without = [...inPath].filter((name) => !inSchema.has(name));
    const nowhere = [...inSchema].filter((name) => !inPath.has(name));
    return [
      ...without.map((name) => `has no schema for the parameter {${name}} of ${method} ${path}: add it to \`params\``),
      ...nowhere.map((name) => `has a schema for '${name}', which ${method} ${path} does not hold as {${name}}`),
    ];
  });
}

/** Names begin with the plugin's, so that two plugins cannot mean the same one, and a reader finds where it is. */
function nameMistakes({
  name,
  functions = [],
  functionWords = [],
  jobs = [],
  cron = [],
  gauges = [],
}: Plugin): string[] {
  const others = functions.filter((one) => !functionWords.some((word) => one.name.startsWith(`${word}.`)));
  const parts: [string, readonly { name: string }[], string][] = [
    ['function', others, `${name}.`],
    ['job', jobs, `${name}.`],
    ['cron job', cron, `${name}.`],
    ['gauge', gauges, `patchbay_${tableName(name)}_`],
  ];
  return parts.flatMap(([kind, all, prefix]) =>
    all
      .filter((one) => !one.name.startsWith(prefix))
      .map((one) => `calls a ${kind} '${one.name}': such names begin with '${prefix}'`),
  );
}

/** A word that two plugins have would lead a reader to the wrong one. */
function wordMistakes({ name, functionWords = [] }: Plugin, all: readonly Plugin[]): string[] {
  return functionWords.flatMap((word) =>
    all
      .filter((other) => other.name !== name && (other.name === word || (other.functionWords ?? []).includes(word)))
      .map((other) => `has functions that begin with '${word}.', which are those of the plugin '${other.name}'`),
  );
}

/** What is known by its name alone to everybody: of two that bear it, one would be the other's in silence. */
const NAMED: readonly [what: string, namesOf: (plugin: Plugin) => readonly string[]][] = [
  ['the scope', ({ scopes }) => Object.keys(scopes ?? {})],
  ['the setting of tenants', ({ tenantSettings }) => Object.keys(tenantSettings ?? {})],
  ['the meter', ({ meters = [] }) => meters.map(({ name }) => name)],
  ['the activity', ({ activity }) => Object.keys(activity ?? {})],
  ['the event', ({ events }) => Object.keys(events ?? {})],
  ['the dialect', ({ dialects = [] }) => dialects.map(({ name }) => name)],
  ['a dialect for the paths', ({ dialects = [] }) => dialects.flatMap(({ prefixes }) => prefixes)],
];

const CORE = {
  name: 'core',
  summary: 'The platform',
  events: coreEvents.events,
  activity: coreActivity,
  dialects: [platformDialect],
} satisfies Plugin;

function takenNames(plugin: Plugin, all: readonly Plugin[]): string[] {
  return NAMED.flatMap(([what, namesOf]) =>
    namesOf(plugin).flatMap((name) => {
      const other = [CORE, ...all].find((one) => one.name !== plugin.name && namesOf(one).includes(name));
      return other ? [`declares ${what} '${name}', and so does the plugin '${other.name}'`] : [];
    }),
  );
}

function eventMistakes(plugin: Plugin, seen: readonly Plugin[]): string[] {
  const own = new Set(Object.keys(plugin.events ?? {}));
  const heard = new Set([
    ...Object.keys(coreEvents.events ?? {}),
    ...seen.flatMap(({ events }) => Object.keys(events ?? {})),
  ]);
  return [
    ...Object.keys(plugin.on ?? {})
      .filter((type) => !heard.has(type))
      .map((type) => `subscribes to '${type}', which neither it nor a plugin that it requires emits`),
    ...Object.keys(plugin.eventAccess ?? {})
      .filter((type) => type !== '*' && !own.has(type))
      .map((type) => `says who may see '${type}', which it does not declare in \`events\``),
    ...Object.keys(plugin.lastEvents ?? {})
      .filter((type) => !own.has(type))
      .map((type) => `tells of past '${type}', which it does not declare in \`events\``),
    ...(plugin.erasures ?? [])
      .filter((type) => !own.has(type))
      .map((type) => `has '${type}' kept as an erasure, which it does not declare in \`events\``),
  ];
}

function hookMistakes(plugin: Plugin, seen: readonly Plugin[]): string[] {
  const run = new Set([coreEvents, ...seen].flatMap(({ hookPoints }) => Object.keys(hookPoints ?? {})));
  return Object.keys(plugin.hooks ?? {})
    .filter((name) => !run.has(name))
    .map((name) => `hooks into '${name}', which neither it nor a plugin that it requires runs`);
}

function pageMistakes({ name, pages }: Plugin, isBuiltIn: boolean): string[] {
  if (!pages) return [];
  const { areas = [], navigation = [], commands = [], cards = [] } = pages;
  const ids = [areas, navigation, commands, cards].flatMap((entries) => {
    const all = entries.map(({ id }: { id: string }) => id);
    return all.filter((id, index) => all.indexOf(id) !== index);
  });
  const outside = navigation.filter(({ path }) => path !== `/${name}` && !path.startsWith(`/${name}/`));
  const foreign = areas.filter(({ id }) => id !== name && !id.startsWith(`${name}-`));
  const own = new Set(navigation.map(({ id }) => id));
  const lost = navigation.filter(({ below }) => below !== undefined && !below.includes('.') && !own.has(below));
  return [
    ...ids.map((id) => `gives the id '${id}' to two entries of its pages`),
    ...foreign.map(({ id }) => `brings the area '${id}' of the menu: its own are called '${name}', or '${name}-…'`),
    ...lost.map(({ id, below }) => `has the page '${id}' below '${below}', which is none of its pages`),
    ...(isBuiltIn ? [] : outside).map(({ path }) => `has a page at ${path}: its pages are at /${name} and below`),
  ];
}

/** What a backup counts is in tables of its own. */
function contentsMistakes({ name, contents = {} }: Plugin): string[] {
  const prefix = `${tableName(name)}_`;
  return Object.entries(contents)
    .filter(([, table]) => !table.startsWith(prefix))
    .map(([noun, table]) => `counts its ${noun} in the table '${table}': names of its tables begin with '${prefix}'`);
}

const TABLE =
  /\.(?:createTable|createTableIfNotExists|alterTable|table|dropTable|dropTableIfExists|renameTable)\(\s*['"`](?<table>[^'"`$]+)['"`]/g;

/** Tables of others in its migrations, as far as their names stand there as text. */
function tableMistakes({ name, migrations }: Plugin): string[] {
  if (!migrations) return [];
  const folder = fileURLToPath(migrations);
  if (!existsSync(folder)) return [];
  const prefix = `${tableName(name)}_`;
  return readdirSync(folder).flatMap((file) => {
    if (!/^\d+.*\.[mc]?[jt]s$/.test(file)) return [];
    const found = [...readFileSync(join(folder, file), 'utf8').matchAll(TABLE)].map(
      ({ groups }) => groups?.table ?? '',
    );
    return [...new Set(found)]
      .filter((table) => !table.startsWith(prefix))
      .map(
        (table) => `touches the table '${table}' in ${join(folder, file)}: names of its tables begin with '${prefix}'`,
      );
  });
}

/** The beginning of a plugin's tables: `ai-replies` has `ai_replies_…`. */
function tableName(plugin: string): string {
  return plugin.replaceAll('-', '_');
}
