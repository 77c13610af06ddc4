/** The OpenAPI document as a route; made when it is first asked for. */
import type { OpenApiDocument } from '../http/openapi.ts';
import { type Route, route } from '../http/route.ts';

export function openApiRoute(document: () => OpenApiDocument): Route {
  let text: string | undefined;
  return route({
    method: 'GET',
    path: '/openapi.json',
    access: 'public',
    summary: 'This API as an OpenAPI 3.1 document',
    responses: { 200: null },
    handler: ({ ctx }) => {
      text ??= JSON.stringify(document());
      ctx.type = 'json';
      return Buffer.from(text);
    },
  });
}
