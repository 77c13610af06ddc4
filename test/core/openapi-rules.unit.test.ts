/** How the OpenAPI document is made: names of operations and schemas, envelopes, and what may go wrong. */
import assert from 'node:assert/strict';
import Type from 'typebox';
import { createDialects, type Dialect } from '#core/http/dialect.ts';
import { type Method, type Route, route } from '#core/http/route.ts';
import { createOpenApi, type OpenApiOptions } from '#core/openapi/document.ts';
import { operationIds } from '#core/openapi/operation-ids.ts';

const One = Type.Object({ id: Type.Integer(), name: Type.String() });
const Many = Type.Object({ items: Type.Array(One) });

/** Says in the body what others say with the status. */
const boxed: Dialect = {
  name: 'boxed',
  prefixes: ['/boxed'],
  validationStatus: 400,
  success: (data) => ({ code: 0, data }),
  successSchema: (data) => Type.Object({ code: Type.Literal(0), data }),
  failure: ({ message, status }) => ({ status: 200, body: { code: status * 100, message } }),
  errorSchema: Type.Object({ code: Type.Integer(), message: Type.String() }),
};

function routeOf(method: Method, path: string, parts: Partial<Route> = {}): Route & { tag?: string } {
  const plain = route({ method, path, access: 'public', summary: 'It', responses: { 200: One }, handler: () => ({}) });
  return { ...plain, ...parts };
}

function documentOf(routes: Route[], options: Partial<OpenApiOptions> = {}): any {
  return createOpenApi({ routes, dialects: createDialects([boxed]), version: '0', publicUrl: 'http://x', ...options });
}

describe('names of operations', () => {
  const nameOf = (method: Method, path: string, parts: Partial<Route> = {}) => {
    const one = routeOf(method, path, { tag: 'shop', ...parts });
    return operationIds([one]).get(one);
  };

  it('say what is done with what', () => {
    const many = { responses: { 200: Many } };
    assert.equal(nameOf('GET', '/api/platform/shop/boxes', many), 'listBoxes');
    assert.equal(nameOf('GET', '/api/platform/shop/boxes/{id}'), 'getBox');
    assert.equal(nameOf('GET', '/api/platform/shop/boxes/{id}/entries', many), 'listBoxEntries');
    assert.equal(nameOf('POST', '/api/platform/shop/entries'), 'createEntry');
    assert.equal(nameOf('PUT', '/api/platform/shop/boxes/{id}'), 'setBox');
    assert.equal(nameOf('PATCH', '/api/platform/shop/addresses/{id}'), 'changeAddress');
    assert.equal(nameOf('DELETE', '/api/platform/shop/boxes/{id}'), 'deleteBox');
    assert.equal(nameOf('POST', '/api/platform/shop/boxes/{id}/open'), 'openBox');
    assert.equal(nameOf('POST', '/api/platform/shop/boxes/import'), 'importBoxes');
    assert.equal(nameOf('GET', '/api/platform/shop/export'), 'getShopExport');
    assert.equal(nameOf('POST', '/api/v2/shop/check-out'), 'checkOut');
    assert.equal(nameOf('GET', '/api/platform/shop/boxes', { operationId: 'findBoxes' }), 'findBoxes');
  });

  it('are those of the platform before those of other APIs', () => {
    const routes = [routeOf('GET', '/api/v2/things/{id}'), routeOf('GET', '/api/platform/things/{id}')];
    const ids = operationIds(routes);
    assert.deepEqual(
      routes.map((one) => ids.get(one)),
      ['getApiV2ThingsId', 'getThing'],
    );
  });

  it('are unique, and those that routes say for themselves come first', () => {
    const routes = [
      routeOf('GET', '/api/v1/things/{id}'),
      routeOf('GET', '/api/v2/things/{id}'),
      routeOf('GET', '/things/own', { operationId: 'getThing' }),
      routeOf('GET', '/api/v2/things-{id}'),
    ];
    const ids = operationIds(routes);
    assert.deepEqual(
      routes.map((one) => ids.get(one)),
      ['getApiV1ThingsId', 'getApiV2ThingsId', 'getThing', 'getThingsId'],
    );
  });
});

describe('schemas of the document', () => {
  it('have the names that they are given, by title or by the plugin, else that of their first use', () => {
    const Titled = Type.Object({ a: Type.String() }, { title: 'Titled' });
    const Shared = Type.Object({ x: Type.String(), y: Type.String() });
    const routes = [
      routeOf('GET', '/ones/{id}'),
      routeOf('GET', '/titled', { responses: { 200: Titled } }),
      routeOf('POST', '/ones', { body: Shared }),
      routeOf('PATCH', '/ones/{id}', { body: Shared }),
    ];
    const { components, paths } = documentOf(routes, { schemas: { One } });
    assert.deepEqual(Object.keys(components.schemas), ['ChangeOneBody', 'One', 'Titled', 'PlatformError']);
    const { schema } = paths['/ones'].post.requestBody.content['application/json'];
    assert.equal(schema.$ref, '#/components/schemas/ChangeOneBody');
    assert.equal(components.schemas.ChangeOneBody.additionalProperties, false);
  });

  it('ask for nothing that has a default', () => {
    const body = Type.Object({ size: Type.Integer({ default: 3 }), name: Type.String() });
    const { paths } = documentOf([routeOf('POST', '/ones', { body })]);
    assert.deepEqual(paths['/ones'].post.requestBody.content['application/json'].schema.required, ['name']);
  });
});

describe('answers in the document', () => {
  it('are in the envelope of their dialect, beside its errors where these have the same status', () => {
    const { paths, components } = documentOf([routeOf('GET', '/boxed/{id}')], { schemas: { One } });
    const [wrapped, error] = paths['/boxed/{id}'].get.responses['200'].content['application/json'].schema.anyOf;
    assert.deepEqual(wrapped.properties, {
      code: { type: 'number', const: 0 },
      data: { $ref: '#/components/schemas/One' },
    });
    assert.equal(error.$ref, '#/components/schemas/BoxedError');
    assert.ok(components.schemas.BoxedError);
  });

  it('name the media types of files, and 412 where a version may be named', () => {
    const file = routeOf('GET', '/file', { responses: { 200: null }, produces: ['application/pdf'] });
    const guarded = routeOf('PATCH', '/ones', { requestHeaders: { 'If-Match': 'The version' } });
    const { paths } = documentOf([file, guarded]);
    assert.deepEqual(Object.keys(paths['/file'].get.responses['200'].content), ['application/pdf']);
    assert.deepEqual(Object.keys(paths['/ones'].patch.responses), ['200', '412', '4XX', '5XX']);
    assert.ok(paths['/ones'].patch.responses['200'].headers.ETag);
    assert.deepEqual(paths['/ones'].patch.parameters[0].name, 'If-Match');
  });
});
