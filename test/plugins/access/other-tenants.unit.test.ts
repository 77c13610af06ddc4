/**
 * Every route of the OpenAPI document, asked for what another tenant has: by its ids in paths, in queries and in bodies. Nothing of it
 * is shown, nothing is changed, and each answer is that for an id of nothing.
 */
import assert from 'node:assert/strict';
import {
  authConfig,
  catchMails,
  joinTenant,
  keyOf,
  type Person,
  register,
  signInAdmin,
} from '#test/support/accounts.ts';
import type { Answer, Client } from '#test/support/client.ts';
import { fillerOf } from '#test/support/full-tenant.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

interface Operation {
  method: string;
  path: string;
  parameters?: any[];
  requestBody?: any;
}
/** What somebody has, by the beginning of a path to it: `/api/users/{id}`. */
type Places = Record<string, string>;

/** Stands in everything that the other tenant has; NO_MARK in nothing. */
const [MARK, NO_MARK, OWN_MARK] = ['zebra4711', 'zebra9999', 'okapi4712'];
/** Of its texts, what stands in no call. */
const HELD = new RegExp(
  `(owner|customer|trial|sender|friend|device|robot|base|document|rule|code|is|about)[- ]${MARK}`,
  'i',
);
/** Who knows the id of a checkout may look at it, as docs/security.md says. */
const OPEN_TO_WHO_KNOWS = /\/checkouts?\/\{session_id\}$/;
const MAIL_BY_NUMBER = /\/(email|mail\/messages)\/\{id\}/;
/** What is not about anything that somebody has. */
const FREE_TEXT =
  /name$|^q$|text|title|content|description|note|question|answer|shortcut|persona|password|url|phone|reason|_at$|_?time|cursor|sort|format/i;
/** Names of what everybody has, and streams, which do not end. */
const NOT_ASKED =
  /\/functions\/|\/channels\/|\/workflow-secrets\/|\/workflows\/\{|^\/hooks|\/stream$|\/live$|\/meters\/|\{provider\}/;
/** What ends the caller's own rights, waits, or takes a secret for all that it asks. */
const NOT_WRITTEN =
  /robot-ids\/activate|logout|\/me\b|password|sessions?\b|setup|totp|passkeys|\/tenant\b|users\/|licenses\/\{id\}\/file|\/wait$|\/try$|knowledge\/ask/;

describe('what another tenant has', function () {
  this.timeout(240_000);
  let app: TestPlatform;
  let admin: Person;
  let document: any;
  let operations: Operation[];
  let other: { owner: Person; places: Places };
  let own: { owner: Person; places: Places };
  let callers: Record<string, Client>;
  let foreignIds: string[];

  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        billing: {},
        licensing: {},
        mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { enabled: false } },
        robots: { requestsPerMinute: 0 },
        'ai-replies': {},
        workflows: {},
      },
      config: { http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } } },
    });
    catchMails(app);
    admin = await signInAdmin(app);
    document = (await app.http.get('/openapi.json')).body;
    operations = Object.entries<any>(document.paths).flatMap(([path, methods]) =>
      ['get', 'post', 'put', 'patch', 'delete']
        .filter((method) => methods[method])
        .map((method) => ({ ...methods[method], method: method.toUpperCase(), path })),
    );
    other = await tenantOf(MARK);
    own = await tenantOf(OWN_MARK);
    callers = await callersOf(own.owner);
    foreignIds = [...new Set(Object.values(other.places))];
  });
  after(() => app.stop());

  async function tenantOf(mark: string) {
    const owner = await register(app, `owner-${mark}`);
    const fill = fillerOf(app, admin, mark);
    if (mark === MARK) await fill.account(owner);
    await fill.mailbox(owner, 'box', [10]);
    await fill.robot(owner);
    await fill.company(owner);
    if (mark === MARK) await fill.knowledge(owner, [1]);
    const ai = '/api/platform/ai';
    for (const [path, body] of [
      [`${ai}/budgets`, { kind: 'tenant', period: 'day', amount: 1000 }],
      [`${ai}/mcp-servers`, { name: `tools-${mark}`, url: 'http://127.0.0.1:9' }],
      [`${ai}/providers`, { name: `model-${mark}`, kind: 'webhook', base_url: 'http://127.0.0.1:9' }],
    ] as const)
      assert.equal((await owner.http.post(path, body)).status, 201, path);
    return { owner, places: await placesOf(owner) };
  }

  async function callersOf(owner: Person): Promise<Record<string, Client>> {
    const { items } = (await owner.http.get('/api/platform/mail/mailboxes')).body;
    const login = { username: items[0].address, password: `password ${OWN_MARK}` };
    const cookie = (await app.http.post('/api/login', login)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const user = await app.services.people.userByUuid(owner.id);
    const codes = await admin.http.post('/api/admin/activation-codes', { count: 1, boundUserId: user!.id });
    const device = { code: codes.body.data.codes[0].code, deviceInfo: { deviceId: 'a device' } };
    const { data } = (await app.http.post('/api/robot-ids/activate', device)).body;
    const clients: Record<string, Client> = {
      owner: owner.http,
      member: (await joinTenant(app, owner, 'member')).http,
      key: app.http.with(await keyOf(owner)),
      'mailbox session': app.http.with({ cookie }),
      robot: app.http.bearer(data.token),
      nobody: app.http,
    };
    for (const scope of Object.keys(app.services.catalogue.scopes).filter((one) => one !== 'admin:manage'))
      clients[`key for ${scope}`] = app.http.with(await keyOf(owner, [scope]));
    return clients;
  }

  /** The first of each list that stands in the document; what is in no list, from the lists that tell of it. */
  async function placesOf({ id, tenantId, http }: Person): Promise<Places> {
    const first = async (list: string) => (await http.get(list)).body.items[0];
    const robot = await first('/api/platform/robots/robots');
    const talk = await first('/api/platform/robots/conversations');
    const licence = await first('/api/platform/licensing/licences');
    const mailbox = await first('/api/platform/mail/mailboxes');
    const [mail] = (await http.get(`/api/emails?mailbox=${mailbox.address}`)).body;
    const user = await app.services.people.userByUuid(id);
    const checkout = await app.services.db.read('billing_checkouts').where({ tenant_id: tenantId }).first();
    /** By what stands before the parameter. */
    const known: [RegExp, unknown][] = [
      [/\/api\/(admin\/)?users\/$/, user!.id],
      [/(auth|admin)\/users\/$/, id],
      [/tenants\/$/, tenantId],
      [/(policies|robots\/robots|ai\/robots|config|api\/robots)\/$/, robot.id],
      [/conversations\/$/, talk.id],
      [/licen[cs]es\/$/, licence.license_id],
      [/\/(email|mails|messages)\/$/, mail.id],
      [/(checkout|checkouts)\/$/, (checkout as any)?.session_id],
      [/attachments\/$/, 0],
    ];
    const places: Places = {};
    const beginnings = operations.flatMap(({ path }) =>
      [...path.matchAll(/\{\w+\}/g)].map((match) => path.slice(0, match.index + match[0].length)),
    );
    for (const beginning of [...new Set(beginnings)].sort((one, two) => one.length - two.length)) {
      if (NOT_ASKED.test(beginning)) continue;
      const [before, name] = beginning.split(/\{(\w+)\}$/) as [string, string];
      const isKnown = known.find(([shape]) => shape.test(before) && !/conversations\/\{id\}\/messages/.test(before));
      const list = pathOf(before.slice(0, -1), places);
      const items = isKnown || !list ? null : listed((await http.get(list)).body);
      const item = items?.find((one) => JSON.stringify(one).includes(tenantId)) ?? items?.[0];
      const value = isKnown?.[1] ?? item?.[name] ?? item?.id ?? item?.product_id ?? item?.name ?? item?.number;
      if (value !== undefined) places[beginning] = String(value);
    }
    return places;
  }

  function listed(body: any): Record<string, unknown>[] | null {
    const items = [body, body?.items, body?.data?.list, body?.data].find(Array.isArray);
    return items?.length && typeof items[0] === 'object' ? items : null;
  }

  /** With ids in the place of its parameters; null when one is not known. */
  function pathOf(path: string, places: Places, of = (id: string) => id): string | null {
    let isWhole = true;
    const filled = path.replace(/\{\w+\}/g, (name, at: number) => {
      const id = places[path.slice(0, at) + name];
      isWhole &&= id !== undefined;
      return encodeURIComponent(of(id ?? ''));
    });
    return isWhole ? filled : null;
  }

  const nothing = (id: string): string =>
    /^\d{1,3}$/.test(id)
      ? '999'
      : id.includes(MARK)
        ? id.replace(MARK, NO_MARK)
        : /^[0-9a-f]{8}-/.test(id)
          ? `${id.slice(0, -12)}abcabcabcabc`
          : `${id.slice(0, -1)}${id.endsWith('7') ? '8' : '7'}`;

  const schemaOf = (schema: any): any =>
    schema?.$ref
      ? schemaOf(
          schema.$ref
            .slice(2)
            .split('/')
            .reduce((at: any, key: string) => at[key], document),
        )
      : (schema ?? {});

  let made = 0;
  /** The least that a schema takes; no text twice, so that nothing is refused for being there already. */
  function least(given: any, depth = 0): any {
    const schema = schemaOf(given);
    const { type, properties, required = [], items, minItems = 0, minLength = 1, minimum = 1, format } = schema;
    if (depth > 6) return null;
    if ('const' in schema) return schema.const;
    if (schema.enum || schema.examples?.length) return (schema.enum ?? schema.examples)[0];
    if (schema.anyOf) return least(schema.anyOf[0], depth + 1);
    if (type === 'object')
      return Object.fromEntries(required.map((name: string) => [name, least(properties[name], depth + 1)]));
    if (type === 'array') return Array.from({ length: minItems }, () => least(items, depth + 1));
    if (type === 'integer' || type === 'number') return minimum;
    if (type === 'boolean') return true;
    const texts: Record<string, string> = { email: 'a@elsewhere.example', 'date-time': '2099-01-01T09:00:00Z' };
    return texts[format] ?? `${'x'.repeat(minLength || 1)}${++made}`;
  }

  const bodyOf = ({ requestBody }: Operation) => schemaOf(requestBody)?.content?.['application/json']?.schema;

  interface Call {
    method: string;
    path: string;
    body?: unknown;
  }

  /** What is wrong with the answer to a call with a foreign id, beside that to the same call with an id of nothing. */
  async function wrongWith(
    http: Client,
    call: Call,
    expect: () => Promise<Answer>,
    ids: [string, string][],
  ): Promise<string | null> {
    const answer = await http.send(call.method, call.path, call.body);
    // Said before anything is looked for.
    if (/insufficient_scope/.test(answer.text)) return null;
    const expected = await expect();
    const sent = decodeURIComponent(call.path) + JSON.stringify(call.body ?? '');
    // What stood in a body may have become the caller's own.
    const isShown =
      HELD.test(answer.text) ||
      (!call.body && foreignIds.some((id) => id.length > 20 && answer.text.includes(id) && !sent.includes(id)));
    const same = (text: string) =>
      ids
        .flat()
        .filter((id) => id.length > 3)
        .reduce((rest, id) => rest.replaceAll(id, 'ID'), text)
        .replace(/x\d+|urn:request:[\w-]+|[\w-]*T[\d:.]+Z|"(version|etag|id)":"[^"]*"/g, '');
    // 502: a server of the caller's own is not there. What the first call has made may be in the way of the second.
    const isSame =
      answer.status === expected.status
        ? answer.status < 400 || same(answer.text) === same(expected.text)
        : answer.status < 300 && expected.status === 409;
    return isSame && !isShown && (answer.status < 500 || answer.status === 502)
      ? null
      : `${call.method} ${sent}: ${answer.status} ${answer.text.slice(0, 300)} (for nothing: ${expected.status} ${expected.text.slice(0, 200)})`;
  }

  const isText = (schema: any): boolean => schema.type === 'string' && !schema.enum && !('const' in schema);

  /** What a field of that name may stand for; when nothing is called so, everything. */
  function idsFor(field: string): string[] {
    const word = field.replace(/_?ids?$|s$/i, '').toLowerCase();
    const named = Object.entries(other.places).filter(([place]) => word && place.toLowerCase().includes(word));
    const ids = named.length > 0 ? named.map(([, id]) => id) : foreignIds;
    return [...new Set(ids)].filter((id) => id.length > 6);
  }

  /** The same with each of the ids; those of one kind are answered as one of nothing is. */
  async function wrongWithEach(field: string, callWith: (id: string) => Call): Promise<string[]> {
    const expected = new Map<string, { twin: string; answer: Answer }>();
    const wrong: string[] = [];
    for (const id of idsFor(field)) {
      const kind = `${id.length} ${/^[0-9a-f]{8}-/.test(id) ? '' : id.slice(0, 3)}`;
      const twin = expected.get(kind)?.twin ?? nothing(id);
      const { method, path, body } = callWith(twin);
      const answer = expected.get(kind)?.answer ?? (await own.owner.http.send(method, path, body));
      expected.set(kind, { twin, answer });
      const problem = await wrongWith(own.owner.http, callWith(id), async () => answer, [[id, twin]]);
      if (problem) wrong.push(problem);
    }
    return wrong;
  }

  /** All rows in which the tenant or its mark stands, but the words of searches. */
  async function stored(): Promise<Map<string, string>> {
    await app.services.pendingWrites.settled();
    const { read } = app.services.db;
    const tables: { name: string }[] = await read.raw("select name from sqlite_master where type = 'table'");
    const rows = new Map<string, string>();
    for (const { name } of tables.filter((table) => !/words|passages_|_fts|core_jobs/.test(table.name)))
      for (const row of await read.from(name).select<any[]>('*')) {
        const text = JSON.stringify(row);
        if (text.includes(MARK) || text.includes(other.owner.tenantId)) rows.set(`${name} ${row.id ?? text}`, text);
      }
    return rows;
  }

  async function unchanged(work: () => Promise<string[]>): Promise<void> {
    const before = await stored();
    const wrong = await work();
    const after = await stored();
    for (const [row, text] of before)
      if (after.get(row) !== text) wrong.push(`${row} was ${text}, is ${after.get(row)}`);
    assert.deepEqual(wrong, []);
  }

  it('is not there by its ids in paths, whoever asks', async () => {
    let asked = 0;
    let seen = 0;
    // The ids are right: their owner finds something by them.
    for (const { path } of operations.filter(({ method, path }) => method === 'GET' && path.includes('{'))) {
      const at = NOT_ASKED.test(path) ? null : pathOf(path, other.places);
      if (at && (await other.owner.http.get(at)).status === 200) seen++;
    }
    await unchanged(async () => {
      const wrong: string[] = [];
      for (const operation of operations.filter(({ path }) => path.includes('{'))) {
        const { method, path } = operation;
        const at = pathOf(path, other.places);
        const twin = pathOf(path, other.places, nothing);
        if (!at || !twin || NOT_ASKED.test(path) || OPEN_TO_WHO_KNOWS.test(path)) continue;
        asked++;
        const body =
          method === 'GET' || method === 'DELETE' ? undefined : least(bodyOf(operation) ?? { type: 'object' });
        const ids = foreignIds.map((id): [string, string] => [id, nothing(id)]);
        for (const [who, http] of Object.entries(callers)) {
          const problem = await wrongWith(http, { method, path: at, body }, () => http.send(method, twin, body), ids);
          // The temp-mail API tells the session of a mailbox that a mail is another's.
          const isTold = who === 'mailbox session' && / 403 /.test(problem ?? '') && MAIL_BY_NUMBER.test(path);
          if (problem && !isTold) wrong.push(`${who}: ${problem}`);
        }
      }
      return wrong;
    });
    assert.ok(asked > 150 && seen > 45, `${asked}, ${seen}`);
  });

  it('is in no list and no CSV, whatever is asked for', async () => {
    const wrong: string[] = [];
    const lists = operations.filter(
      ({ method, path }) => method === 'GET' && !NOT_ASKED.test(path) && !/wait$|^\/docs|openapi/.test(path),
    );
    for (const { path, parameters = [] } of lists) {
      const at = pathOf(path, own.places);
      if (!at) continue;
      const asked = parameters.map(schemaOf).filter((one) => one.in === 'query');
      const needed = asked.filter(({ required }) => required).map(({ name, schema }) => [name, `${least(schema)}`]);
      const free = asked.filter(({ name, schema }) => isText(schemaOf(schema)) && !FREE_TEXT.test(name));
      const places = (name: string, value: string): Call => ({
        method: 'GET',
        path: `${at}?${new URLSearchParams({ ...Object.fromEntries(needed), [name]: value })}`,
      });
      const ways = { format: 'csv', search: MARK, q: MARK };
      for (const [who, name, value] of [
        ...Object.entries(ways)
          .filter(([way]) => asked.some(({ name }) => name === way))
          .map((way) => ['owner', ...way] as const),
        ['member', 'limit', '50'] as const,
      ]) {
        const list = places(name, value);
        const { status, text } = await callers[who]!.send('GET', list.path);
        if ((status >= 500 && status !== 502) || HELD.test(text) || text.includes(other.owner.tenantId))
          wrong.push(`${who}: ${list.path}: ${status} ${text}`);
      }
      for (const { name } of free) wrong.push(...(await wrongWithEach(name, (id) => places(name, id))));
    }
    assert.deepEqual(wrong, []);
  });

  it('is not used by its ids in bodies', async () => {
    let asked = 0;
    await unchanged(async () => {
      const wrong: string[] = [];
      for (const operation of operations) {
        const { method, path } = operation;
        const at = pathOf(path, own.places);
        const schema = schemaOf(bodyOf(operation));
        if (!at || !schema.properties || NOT_WRITTEN.test(path)) continue;
        for (const [name, given] of Object.entries(schema.properties)) {
          const kinds = [schemaOf(given), ...(schemaOf(given).anyOf ?? []).map(schemaOf)];
          const isMany = kinds.some(({ type, items }) => type === 'array' && isText(schemaOf(items)));
          if ((!isMany && !kinds.some(isText)) || FREE_TEXT.test(name)) continue;
          asked++;
          const call = (id: string) => ({ method, path: at, body: { ...least(schema), [name]: isMany ? [id] : id } });
          wrong.push(...(await wrongWithEach(name, call)));
        }
      }
      return wrong;
    });
    assert.ok(asked > 30, `${asked}`);
  });
});
