/**
 * What others rely on, line by line: operations, schemas, tables, configuration, and what the plugins declare. A change of the
 * house leaves it as it is; a change of the contract writes it anew (`UPDATE_CONTRACT=1 npm test -- test/contract.unit.test.ts`)
 * and stands in the changelog. What is long stands here by its hash.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { endingsOf } from '#core/events/owned-tables.ts';
import type { Plugin } from '#core/plugin.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const FILE = new URL('./contract.txt', import.meta.url);
const PLUGINS = ['auth', 'billing', 'licensing', 'mail', 'workflows', 'robots', 'ai-replies', 'admin'];

describe('the contract', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: PLUGINS });
  });
  after(() => app.stop());

  it('is what it was', async () => {
    const lines = [
      ...operationsOf((await app.http.get('/openapi.json')).body),
      ...app.platform.plugins.flatMap(({ plugin }) => declarationsOf(plugin)),
      ...(await app.services.db.read('core_migrations' as never).pluck('name')).map((name) => `migration ${name}`),
      ...(await tablesOf(app)),
    ].sort();
    if (process.env.UPDATE_CONTRACT) writeFileSync(FILE, `${lines.join('\n')}\n`);
    const known = readFileSync(FILE, 'utf8').trimEnd().split('\n');
    const [is, was] = [new Set(lines), new Set(known)];
    const changes = [
      ...known.filter((line) => !is.has(line)).map((line) => `- ${line}`),
      ...lines.filter((line) => !was.has(line)).map((line) => `+ ${line}`),
    ];
    assert.deepEqual(changes, [], 'A change of the contract: UPDATE_CONTRACT=1 writes it down, the changelog says why');
    assert.equal(lines.length, known.length);
  });
});

/** With the order of their names, in which the document has them. */
function operationsOf({ info: _version, paths, components, ...rest }: any): string[] {
  const operations = Object.entries<any>(paths).flatMap(([path, methods]) =>
    Object.entries<any>(methods).map(
      ([method, operation]) => `operation ${path} ${method}: ${operation.operationId} ${hashOf(operation)}`,
    ),
  );
  const parts = Object.entries<any>(components).flatMap(([kind, named]) =>
    Object.entries(named).map(([name, part]) => `component ${kind} ${name}: ${hashOf(part)}`),
  );
  return [...operations, ...parts, `document: ${hashOf(rest)}, in this order ${hashOf(operations)}`];
}

function declarationsOf(plugin: Plugin): string[] {
  const { name, config, cron = [], jobs = [], functions = [], meters = [], commands = [], pages } = plugin;
  const { events = {}, hookPoints = {}, hooks = {}, on = {}, activity = {}, attention = [], gauges = [] } = plugin;
  const { firstSteps = [], aboutPeople = [] } = plugin;
  const { alerts = [] } = plugin;
  const declared = [
    `requires ${(plugin.requires ?? []).join(', ')}`,
    ...leavesOf(config, 'config'),
    ...cron.map(({ name: job, schedule, summary }) => `cron ${job}: ${schedule} ${summary}`),
    ...jobs.map(({ name: job, run: _run, ...settings }) => `job ${job}: ${hashOf(settings)}`),
    ...Object.entries(events).map(([type, schema]) => `event ${type}: ${hashOf(schema)}`),
    ...new Set([...Object.keys(on), ...endingsOf(plugin.tables)].map((type) => `hears ${type}`)),
    ...Object.keys(plugin.passOver ?? {}).map((type) => `may pass over ${type}`),
    ...Object.keys(plugin.hearWithin ?? {}).map((type) => `may hear ${type} within its transaction`),
    ...(plugin.mustHear ?? []).map((type) => `must hear ${type}`),
    ...(plugin.erasures ?? []).map((type) => `erases by ${type}`),
    ...Object.entries(hookPoints).map(([point, summary]) => `hook point ${point}: ${summary}`),
    ...Object.keys(hooks).map((point) => `hook ${point}`),
    ...functions.map(({ name: called, run: _run, ...told }) => `function ${called}: ${hashOf(told)}`),
    ...meters.map(({ name: meter, period, summary }) => `meter ${meter}: ${period} ${summary}`),
    ...Object.entries(activity).map(([kind, told]) => `activity ${kind}: ${hashOf(told)}`),
    ...attention.map((source) => `attention: ${hashOf(source)}`),
    ...firstSteps.map((step) => `first step ${step.id}: ${hashOf(step)}`),
    ...aboutPeople.map((section) => `about people ${section.id}: ${hashOf(section)}`),
    ...alerts.map(({ name: alert, path }) => `alert ${alert}: ${path}`),
    ...gauges.map(({ name: gauge }) => `gauge ${gauge}`),
    ...Object.entries(plugin.scopes ?? {}).map(([scope, summary]) => `scope ${scope}: ${summary}`),
    ...Object.entries(plugin.tenantSettings ?? {}).map(([key, schema]) => `tenant setting ${key}: ${hashOf(schema)}`),
    ...commands.map(({ name: command, run: _run, ...told }) => `command ${command}: ${hashOf(told)}`),
    ...(pages?.navigation ?? []).map((entry) => `page: ${JSON.stringify(entry)}`),
    ...(pages?.commands ?? []).map((entry) => `page command: ${JSON.stringify(entry)}`),
    ...(pages?.cards ?? []).map((entry) => `card: ${JSON.stringify(entry)}`),
    ...Object.keys(plugin.publicServices ?? {}).map((service) => `public service ${service}`),
    ...(plugin.dialects ?? []).map((dialect) => `dialect ${dialect.name}`),
  ];
  return declared.map((line) => `${name} ${line}`);
}

/** Each key of a configuration with all that is said of it. */
function leavesOf(schema: any, path: string): string[] {
  if (!schema) return [];
  if (!schema.properties) return [`${path}: ${hashOf(schema)}`];
  return Object.entries(schema.properties).flatMap(([key, part]) => leavesOf(part, `${path}.${key}`));
}

async function tablesOf({ services: { db } }: TestPlatform): Promise<string[]> {
  const rows: { type: string; name: string; tbl_name: string; sql: string }[] = await db
    .read('sqlite_master' as never)
    .whereIn('type', ['table', 'index', 'view', 'trigger'])
    .whereNotNull('sql')
    .select('type', 'name', 'tbl_name', 'sql');
  const columns = rows.filter(({ type }) => type === 'table' || type === 'view').map(({ name }) => columnsOf(name));
  return [
    ...rows.filter(({ type }) => type !== 'table').map(({ type, name, sql }) => `${type} ${name}: ${hashOf(sql)}`),
    ...(await Promise.all(columns)).flat(),
  ];

  async function columnsOf(table: string): Promise<string[]> {
    const found: { name: string; type: string; notnull: number; dflt_value: string | null; pk: number }[] =
      await db.read.raw(`select * from pragma_table_info('${table}')`);
    return found.map(({ name, type, notnull, dflt_value, pk }) => {
      const about = [
        type,
        notnull ? 'not null' : '',
        dflt_value === null ? '' : `default ${dflt_value}`,
        pk ? 'key' : '',
      ];
      return `table ${table}.${name}: ${about.filter(Boolean).join(', ')}`;
    });
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 12);
}
