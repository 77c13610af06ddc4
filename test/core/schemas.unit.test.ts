/** Every route and function of the built-in plugins: schemas that compile, and a door that is closed. */
import assert from 'node:assert/strict';
import type { TSchema } from 'typebox';
import { compileCheck } from '#core/http/validate.ts';
import { authConfig } from '../support/accounts.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';

describe('all plugins together', () => {
  let app: TestPlatform;
  before(async () => {
    const mail = { smtp: { port: 0 } };
    app = await startPlatform({ plugins: { auth: authConfig, billing: {}, licensing: {}, mail, workflows: {} } });
  });
  after(() => app.stop());

  it('declare schemas that compile: they are compiled only when they are first needed', () => {
    const schemas = [
      ...app.platform.routes.flatMap(({ params, query, body, responses }) => [
        params,
        query,
        body,
        ...Object.values(responses),
      ]),
      ...app.services.functions.list().flatMap(({ input, output }) => [input, output]),
    ].filter((schema): schema is TSchema => schema !== undefined && schema !== null);
    assert.ok(schemas.length > 300, `${schemas.length} schemas`);
    for (const schema of schemas) compileCheck(schema, 'test')({});
  });

  it('answer nobody without credentials on a route that is not public', async () => {
    for (const { method, path, access } of app.platform.routes) {
      if (access === 'public' || access === 'optional') continue;
      const { status } = await app.http.send(method, path.replace(/\{\w+\}/g, '1'), method === 'GET' ? undefined : {});
      assert.equal(status, 401, `${method} ${path}`);
    }
  });
});
