/** What the OpenAPI document says of the routes of workflows. */
import assert from 'node:assert/strict';
import type { TSchema } from 'typebox';
import { createDialects } from '#core/http/dialect.ts';
import { closed, compileCheck } from '#core/http/validate.ts';
import { createOpenApi } from '#core/openapi/document.ts';
import { joined } from '#core/parts.ts';
import workflows from '#plugins/workflows/index.ts';

const routes = joined(workflows).routes ?? [];
const document = createOpenApi({ routes, dialects: createDialects([]), version: '0', publicUrl: 'http://127.0.0.1' });
const operations: any[] = Object.values(document.paths).flatMap((path) => Object.values(path));

describe('the OpenAPI document of workflows', () => {
  it('sums up every route in a sentence', () => {
    for (const { operationId, summary } of operations) assert.match(summary ?? '', /^[A-Z].*[^.]$/, operationId);
  });

  it('shows an example of every body, and all examples fit their schemas', () => {
    for (const { body, path, responses } of routes) {
      if (body) assert.ok('examples' in body, `${path} shows no example of its body`);
      const schemas = [body, ...Object.values(responses)].filter((schema): schema is TSchema => Boolean(schema));
      for (const schema of schemas) {
        for (const example of examplesOf(schema)) assert.equal(compileCheck(closed(schema), path)(example), null, path);
      }
    }
  });

  it('asks for no body where there need be none', () => {
    const required = (id: string) => operations.find(({ operationId }) => operationId === id).requestBody.required;
    assert.equal(required('createWorkflowExecution'), false);
    assert.equal(required('startByHook'), false);
    assert.equal(required('createEvent'), true);
    for (const { requestBody } of operations) assert.ok(!Object.hasOwn(requestBody?.content ?? {}, ''));
  });
});

function examplesOf(schema: TSchema): unknown[] {
  return 'examples' in schema && Array.isArray(schema.examples) ? schema.examples : [];
}
