/** The OpenAPI document as a route; made when it is first asked for. */
import { createHash } from 'node:crypto';
import Type from 'typebox';
import { reply } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import type { OpenApiDocument } from '../openapi/document.ts';

interface Served {
  body: Buffer;
  etag: string;
}

export function openApiRoute(document: () => OpenApiDocument): Route {
  let served: Served | undefined;
  return route({
    method: 'GET',
    path: '/openapi.json',
    access: 'public',
    operationId: 'getOpenApi',
    summary: 'This API as an OpenAPI 3.1 document',
    requestHeaders: { 'If-None-Match': 'The `ETag` of the document that is known: 304 when it is still this one' },
    responses: { 200: Type.Object({ openapi: Type.String() }, { additionalProperties: true }), 304: null },
    // Asked for again each time, and answered with 304 until routes change.
    headers: { caching: { seconds: 0, shared: true } },
    handler({ ctx }) {
      served ??= servedOf(document());
      const { body, etag } = served;
      const known = ctx.get('if-none-match').split(',');
      if (known.some((one) => one.trim().replace(/^W\//, '') === etag)) return reply(304, null, { etag });
      return reply(200, body, { etag, 'content-type': 'application/json; charset=utf-8' });
    },
  });
}

function servedOf(document: OpenApiDocument): Served {
  const body = Buffer.from(JSON.stringify(document));
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}
