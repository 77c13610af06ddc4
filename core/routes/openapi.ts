/** The OpenAPI document as a route; made when it is first asked for. */
import { createHash } from 'node:crypto';
import Type from 'typebox';
import { reply } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import type { OpenApiDocument } from '../openapi/document.ts';
import { partOf } from '../openapi/part.ts';

interface Served {
  body: Buffer;
  etag: string;
}

/** Of the parts, which anybody may ask for; the one that was asked for longest ago goes. */
const MOST_KNOWN = 100;

export function openApiRoute(document: () => OpenApiDocument): Route {
  const served = new Map<string, Served>();
  return route({
    method: 'GET',
    path: '/openapi.json',
    access: 'public',
    operationId: 'getOpenApi',
    summary: 'This API as an OpenAPI 3.1 document',
    query: Type.Object({
      path: Type.Optional(
        Type.String({
          maxLength: 200,
          description: 'Only the operations of this path and below, for a form of one thing',
        }),
      ),
    }),
    requestHeaders: { 'If-None-Match': 'The `ETag` of the document that is known: 304 when it is still this one' },
    responses: { 200: Type.Object({ openapi: Type.String() }, { additionalProperties: true }), 304: null },
    // Asked for again each time, and answered with 304 until routes change.
    headers: { caching: { seconds: 0, shared: true } },
    handler({ ctx, query: { path = '' } }) {
      const { body, etag } = known(path);
      const tags = ctx.get('if-none-match').split(',');
      if (tags.some((one) => one.trim().replace(/^W\//, '') === etag)) return reply(304, null, { etag });
      return reply(200, body, { etag, 'content-type': 'application/json; charset=utf-8' });
    },
  });

  function known(path: string): Served {
    const found = served.get(path);
    if (found) {
      served.delete(path);
      served.set(path, found);
      return found;
    }
    const asked = path === '' ? document() : partOf(document(), path);
    const made = servedOf(asked);
    if (Object.keys(asked.paths).length === 0) return made;
    const [oldest] = [...served.keys()].filter((one) => one !== '');
    if (served.size >= MOST_KNOWN && oldest !== undefined) served.delete(oldest);
    served.set(path, made);
    return made;
  }
}

function servedOf(document: OpenApiDocument): Served {
  const body = Buffer.from(JSON.stringify(document));
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}
