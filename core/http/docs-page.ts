/** The page at /docs: Swagger UI over /openapi.json, served from its own package, nothing from elsewhere. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { reply } from './reply.ts';
import { route } from './route.ts';
import type { StaticFolder } from './static.ts';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Patchbay API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<div id="docs"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`;
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', docExpansion: 'none', filter: true, deepLinking: true, persistAuthorization: false });\n`;
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'";

export const docsRoutes = [
  route({
    method: 'GET',
    path: '/docs',
    access: 'public',
    summary: 'The API documentation as a page',
    responses: { 200: null },
    produces: ['text/html'],
    headers: { contentSecurityPolicy: CONTENT_SECURITY_POLICY },
    handler: () => reply(200, PAGE, { 'content-type': 'text/html; charset=utf-8' }),
  }),
  route({
    method: 'GET',
    path: '/docs/start.js',
    operationId: 'getDocsScript',
    access: 'public',
    summary: 'The script of the documentation page',
    responses: { 200: null },
    produces: ['text/javascript'],
    handler: () => reply(200, START, { 'content-type': 'text/javascript; charset=utf-8' }),
  }),
];

const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

export const docsAssets: StaticFolder = {
  prefix: '/docs/assets',
  folder: pathToFileURL(assets),
  headers: { caching: { seconds: 24 * 3600, shared: true } },
};
