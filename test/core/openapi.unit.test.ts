/** The OpenAPI document of everything that is built in: good enough to make a typed client from. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { compileCheck } from '#core/http/validate.ts';
import type { OpenApiDocument } from '#core/openapi/document.ts';
import { clientTypes } from '#scripts/client-types.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const PLUGINS = ['auth', 'billing', 'licensing', 'mail', 'workflows'];
/** Two paths of the licence document that only their readers tell apart, and a redirection that has no other answer. */
const MEANT = ['no-ambiguous-paths', 'operation-2xx-response'];

describe('the OpenAPI document', () => {
  let app: TestPlatform;
  let document: OpenApiDocument;
  let operations: [name: string, operation: any][];
  before(async () => {
    app = await startPlatform({ plugins: PLUGINS });
    document = (await app.http.get('/openapi.json')).body;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, unknown] => [`${method} ${path}`, operation]),
    );
  });
  after(() => app.stop());

  it('has nothing that a linter with the recommended rules would change', async () => {
    const config = await createConfig({ extends: ['recommended'], telemetry: 'off' });
    const source = JSON.stringify(document);
    const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config });
    const found = problems.filter(({ ruleId, severity }) => severity === 'error' || !MEANT.includes(ruleId));
    assert.deepEqual(
      found.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`),
      [],
    );
  });

  it('is served once for everybody who has it already', async () => {
    const first = await app.http.get('/openapi.json');
    const etag = first.headers.get('etag')!;
    const again = await app.http.get('/openapi.json', { 'if-none-match': etag });
    assert.deepEqual([again.status, again.text, again.headers.get('etag')], [304, '', etag]);
    assert.equal((await app.http.get('/openapi.json', { 'if-none-match': '"another"' })).status, 200);
  });

  it('gives types of which clients are made', async () => {
    const types = await clientTypes(document);
    assert.match(types, /listLicences: \{/);
    assert.match(types, /"application\/problem\+json": components\["schemas"\]\["PlatformError"\]/);
  });

  it('calls every operation by a name of its own that can be read', () => {
    const names = operations.map(([, { operationId }]) => operationId);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^(?!(get|post|put|patch|delete)ApiPlatform)[a-z][A-Za-z0-9]*$/);
    for (const [name, expected] of [
      ['get /api/platform/licensing/licences', 'listLicences'],
      ['get /api/platform/licensing/licences/{id}', 'getLicence'],
      ['post /api/platform/licensing/products', 'createProduct'],
      ['patch /api/platform/licensing/products/{id}', 'changeProduct'],
      ['post /api/platform/licensing/licences/{id}/renew', 'renewLicence'],
      ['post /api/platform/executions/{id}/cancel', 'cancelExecution'],
      ['post /api/platform/workflows/import', 'importWorkflows'],
      ['post /api/v2/auth/login', 'login'],
    ] as const) {
      assert.equal(operations.find(([one]) => one === name)?.[1].operationId, expected);
    }
  });

  it('names schemas that are used more than once, without numbers', () => {
    const { schemas = {} } = document.components;
    for (const name of ['Licence', 'Product', 'Profile', 'Operation', 'PlatformError', 'LicenceError', 'MoltflowError'])
      assert.ok(schemas[name], name);
    // Amazon's own name has one.
    for (const name of Object.keys(schemas)) assert.match(name.replace('S3', ''), /^([A-Z][A-Za-z]*)?$/);
  });

  it('says what every answer holds', () => {
    for (const [name, { responses }] of operations) {
      const [status, first] = Object.entries<any>(responses)[0]!;
      if (['202', '204', '302', '304'].includes(status)) continue;
      for (const { schema } of Object.values<any>(first.content ?? {}))
        assert.notDeepEqual(schema, {}, `${name} answers with anything`);
      assert.ok(first.content, `${name} answers with nothing`);
    }
  });

  it('says what can go wrong, as the dialect of the path says it', () => {
    const statusesOf = (name: string) => Object.keys(operations.find(([one]) => one === name)?.[1].responses);
    const referenced = (name: string, status: string) =>
      operations
        .find(([one]) => one === name)?.[1]
        .responses[status].$ref.split('/')
        .at(-1);
    assert.deepEqual(statusesOf('get /health'), ['200', '503', '4XX', '5XX']);
    assert.deepEqual(statusesOf('patch /api/platform/licensing/products/{id}'), [
      '200',
      '400',
      '401',
      '403',
      '404',
      '412',
      '413',
      '415',
      '422',
      '429',
      '4XX',
      '5XX',
    ]);
    assert.equal(referenced('patch /api/platform/licensing/products/{id}', '412'), 'PlatformPreconditionFailed');
    assert.equal(referenced('post /api/v2/auth/login', '422'), 'MoltflowInvalid');
    assert.equal(referenced('post /api/admin/revoke', '400'), 'LicenceBadRequest');
    assert.equal(referenced('get /api/emails', '401'), 'TempMailUnauthenticated');
  });

  it('names If-Match wherever a route reads it', () => {
    const files = globSync('plugins/**/{routes.ts,routes/*.ts}').map(
      (file) => [file, readFileSync(file, 'utf8')] as const,
    );
    assert.ok(files.length > 100, `${files.length} files of routes`);
    const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
    for (const [file, text] of files)
      assert.equal(count(text, /requestHeaders: IF_MATCH/g), count(text, /preconditionOf\(/g), file);
    assert.ok(operations.some(([, { responses }]) => '412' in responses));
  });

  it('shows examples of errors that fit the schema of their dialect', () => {
    const { responses = {}, schemas = {} } = document.components as any;
    let shown = 0;
    for (const [name, { content }] of Object.entries<any>(responses)) {
      for (const { schema, examples = {} } of Object.values<any>(content)) {
        const check = compileCheck(schemas[schema.$ref.split('/').at(-1)], 'example');
        for (const { value } of Object.values<any>(examples)) {
          assert.equal(check(value), null, name);
          shown++;
        }
      }
    }
    assert.ok(shown > 30);
  });

  it('asks for credentials exactly where routes do', () => {
    for (const { method, path, access } of app.platform.routes) {
      const { security } = document.paths[path]![method.toLowerCase()] as any;
      if (access === 'public') assert.deepEqual(security, [], path);
      else assert.ok(security.length > 0, path);
      assert.equal(
        security.some((one: object) => Object.keys(one).length === 0),
        access === 'optional',
        path,
      );
    }
    const { security } = document.paths['/api/platform/auth/totp']!.post as any;
    assert.deepEqual(security, [{ bearer: [] }, { pageSession: [], csrfToken: [] }, { mailSession: [] }]);
    const { pageSession } = document.components.securitySchemes as any;
    assert.equal(pageSession.in, 'cookie');
  });

  it('describes tags and parameters', () => {
    for (const { description } of document.tags as any[]) assert.match(description, /^[A-Z].*[^.]$/);
    for (const [name, { parameters }] of operations) {
      for (const parameter of parameters) {
        const { description } = '$ref' in parameter ? shared(parameter.$ref) : parameter;
        assert.match(description ?? '', /\w/, `${name} ${parameter.name}`);
      }
    }
  });

  function shared(reference: string): any {
    return document.components.parameters?.[reference.split('/').at(-1)!];
  }
});
