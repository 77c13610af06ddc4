/**
 * Whether a plugin is what `PluginDefinition` says, for those that no compiler has looked at: a field of another kind, an
 * access rule with a word that nobody knows, a job without a `run`. Each is a sentence, said before anything of it is used.
 */
import type { ScopedAccess } from '../access/access.ts';
import type { Method } from '../http/route.ts';
import type { Part, PluginDefinition } from '../plugin.ts';

/** What is wrong with a value, as the end of a sentence ("is no list"); null when nothing is. */
type Kind = (value: unknown) => string | null;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kind =
  (is: (value: unknown) => boolean, otherwise: string): Kind =>
  (value) =>
    is(value) ? null : otherwise;

const text = kind((value) => typeof value === 'string' && value !== '', 'is no text');
const method = kind((value) => typeof value === 'function', 'is no function');
const boolean = kind((value) => typeof value === 'boolean', 'is neither true nor false');
const folder = kind((value) => value instanceof URL && value.protocol === 'file:', 'is no URL of a folder');
const record = kind(isRecord, 'is no object');
const schema = kind(isRecord, 'is no schema');
const ending = kind((value) => typeof value === 'string' || isRecord(value), 'is neither a column nor an object');

const optional =
  (is: Kind): Kind =>
  (value) =>
    value === undefined ? null : is(value);

function list(item: Kind): Kind {
  return (value) => {
    if (!Array.isArray(value)) return 'is no list';
    return firstOf(value.map((one, place): [string, string | null] => [`[${place}]`, item(one)]));
  };
}

/** An object of such values, under names that the plugin chooses. */
function named(item: Kind): Kind {
  return (value) => {
    if (!isRecord(value)) return 'is no object';
    return firstOf(Object.entries(value).map(([name, one]): [string, string | null] => [`.${name}`, item(one)]));
  };
}

/** An object with these fields, and others that are not looked at. */
function having(fields: Record<string, Kind>): Kind {
  return (value) => {
    if (!isRecord(value)) return 'is no object';
    return firstOf(Object.entries(fields).map(([name, is]): [string, string | null] => [`.${name}`, is(value[name])]));
  };
}

function firstOf(found: readonly [string, string | null][]): string | null {
  const [where, what] = found.find(([, wrong]) => wrong !== null) ?? [];
  if (what === undefined || what === null) return null;
  // What is wrong deeper begins with the way there.
  return /^[.[]/.test(what) ? `${where}${what}` : `${where} ${what}`;
}

const ACCESS_WORDS = ['public', 'optional', 'user', 'superadmin'];
/** Of each field of a rule, so that none can be misspelled and leave a door open. */
const ACCESS_FIELDS = {
  scope: text,
  also: list(text),
  roles: list(text),
  kinds: list(text),
  tenant: boolean,
} satisfies Record<keyof ScopedAccess, Kind>;

function accessWith(words: readonly string[], more: Record<string, Kind> = {}): Kind {
  const fields: Record<string, Kind> = { ...ACCESS_FIELDS, ...more };
  return (value) => {
    if (typeof value === 'string')
      return words.includes(value) ? null : `is '${value}', which is none of ${words.join(', ')}`;
    if (!isRecord(value)) return 'is no access rule';
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
    if (unknown !== undefined)
      return `.${unknown} is nothing that an access rule has: ${Object.keys(fields).join(', ')}`;
    return firstOf(
      Object.entries(value).map(([name, one]): [string, string | null] => [
        `.${name}`,
        optional(fields[name] ?? text)(one),
      ]),
    );
  };
}

const access = accessWith(ACCESS_WORDS);

const path = kind((value) => typeof value === 'string' && value.startsWith('/'), "is no path that begins with '/'");
const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const verb = kind((value) => METHODS.some((method) => method === value), `is none of ${METHODS.join(', ')}`);
const route = having({ method: verb, path, summary: text, access, responses: record, handler: method });
const socket = having({ path, summary: text, access, connected: method });
const job = having({ name: text, summary: text, payload: schema, run: method });
const cron = having({ name: text, summary: text, schedule: text, run: method });
const gauge = having({ name: text, help: text, read: method });
const title = kind((value) => typeof value === 'string' || isRecord(value), 'is no text');
const attention = having({
  id: text,
  title,
  path,
  access: optional(access),
  comesFirst: optional(boolean),
  count: method,
});
const firstStep = having({ id: text, title, text: title, path, access: optional(access), state: method });
const personSection = having({ id: text, title, access, find: method });
const alert = having({
  name: text,
  path,
  templates: kind((value) => value instanceof URL, 'is no URL'),
  holds: method,
});
const settingsArea = having({
  area: text,
  title: optional(title),
  target: (value) => (value === null ? null : optional(title)(value)),
  choices: optional(method),
  test: optional(method),
});
const command = having({ name: text, summary: text, run: method });
const meter = having({ name: text, summary: text, period: text, present: optional(method) });
const definedFunction = having({
  name: text,
  summary: text,
  input: schema,
  output: schema,
  run: method,
  access: (value) => accessWith([])(value) ?? having({ scope: text, tenant: boolean })(value),
});
const dialect = having({ name: text, prefixes: list(text), failure: method, errorSchema: schema });
const entry = having({ id: text, title, access: optional(access), when: optional(method) });
const page = (value: unknown): string | null => entry(value) ?? having({ path })(value);
const eventAccess = accessWith(['superadmin'], { isFor: method, mayFollow: method });

/** What a plugin says once, for all of its parts. */
const OF_THE_WHOLE: ReadonlySet<string> = new Set<Exclude<keyof PluginDefinition, keyof Part>>([
  'version',
  'requires',
  'config',
  'migrations',
  'rehearsal',
  'derived',
  'sqliteExtensions',
  'parts',
  'dialects',
  'authenticators',
  'staticFolders',
  'functionWords',
  'pages',
  'shell',
  'listen',
  'health',
  'check',
  'openDoors',
  'operators',
  'announce',
]);

const FIELDS: Record<keyof PluginDefinition, Kind> = {
  name: text,
  summary: text,
  summaries: named(named(text)),
  version: text,
  requires: list(text),
  config: schema,
  migrations: folder,
  sqliteExtensions: method,
  contents: named(text),
  rehearsal: folder,
  derived: folder,
  tables: named(named(ending)),
  parts: list(part),
  services: named(method),
  publicServices: named(method),
  dialects: list(dialect),
  authenticators: list(having({ name: text, authenticate: method })),
  routes: list(route),
  tags: named(text),
  schemas: named(schema),
  sockets: list(socket),
  staticFolders: list(having({ prefix: text, folder })),
  cron: list(cron),
  jobs: list(job),
  events: named(schema),
  eventAccess: named(eventAccess),
  lastEvents: named(method),
  on: named(method),
  passOver: named(method),
  hearWithin: named(method),
  mustHear: list(text),
  erasures: list(text),
  hookPoints: named(text),
  hooks: named(method),
  functions: list(definedFunction),
  functionWords: list(text),
  meters: list(meter),
  activity: named(record),
  attention: list(attention),
  firstSteps: list(firstStep),
  aboutPeople: list(personSection),
  alerts: list(alert),
  gauges: list(gauge),
  scopes: named(text),
  settings: optional(list(settingsArea)),
  tenantSettings: named(schema),
  pages: having({
    areas: optional(list(entry)),
    navigation: optional(list(page)),
    commands: optional(list(entry)),
    cards: optional(list(entry)),
  }),
  shell: method,
  commands: list(command),
  listen: method,
  start: method,
  stop: method,
  health: method,
  check: method,
  openDoors: method,
  operators: method,
  announce: method,
};

const partName = kind(
  (value) => typeof value === 'string' && /^[a-z][a-z0-9-]{0,40}$/.test(value),
  'is no name of lower-case letters, digits and dashes',
);

/** A part has the fields of a plugin that are not of the whole, and two of its own. */
function part(value: unknown): string | null {
  if (!isRecord(value)) return 'is no object';
  const { needs, ...fields } = value;
  return (
    having({ name: partName, summary: text })(value) ??
    firstOf([['.needs', optional(list(text))(needs)]]) ??
    firstOf(Object.entries(fields).map(([name, one]): [string, string | null] => [`.${name}`, fieldOfPart(name, one)]))
  );
}

function fieldOfPart(name: string, value: unknown): string | null {
  if (!Object.hasOwn(FIELDS, name) || OF_THE_WHOLE.has(name)) return 'is nothing that a part has';
  return optional(FIELDS[name as keyof PluginDefinition])(value);
}

/** The first thing that is wrong with it: "`routes[0].handler` is no function". Null when nothing is. */
export function misshapen(plugin: object): string | null {
  for (const [field, is] of Object.entries(FIELDS)) {
    const wrong = optional(is)(Reflect.get(plugin, field));
    if (wrong === null) continue;
    const [, way = '', what = ''] = /^((?:[.[]\S*)?) ?(.*)$/s.exec(wrong) ?? [];
    return `\`${field}${way}\` ${what}`;
  }
  return null;
}
