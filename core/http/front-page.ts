/** The page at `/`, for whoever opens the address that the server prints: what this is, and where to read on. */
import { htmlPage } from './html-page.ts';
import { route } from './route.ts';

const STYLE = 'body{font:16px/1.6 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem;color:#222}';
const BODY = `<h1>Patchbay</h1>
<p>This server offers accounts, billing, mail, licences and workflows to programs.</p>
<ul>
<li><a href="/docs">What it offers, to read and to try</a></li>
<li><a href="/openapi.json">The same as an OpenAPI document</a></li>
<li><a href="/health">Whether it is well</a></li>
</ul>`;

export const frontPage = route({
  method: 'GET',
  path: '/',
  plainPage: true,
  access: 'public',
  summary: 'A page that says what this is',
  operationId: 'getFrontPage',
  responses: { 200: null },
  produces: ['text/html'],
  handler: () => htmlPage({ title: 'Patchbay', body: BODY, style: STYLE }),
});
