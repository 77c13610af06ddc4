/** The page behind the set-up link that the first start prints. Plain, because nothing else is set up yet. */
import { htmlPage } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import { STYLE } from './page-style.ts';

const SCRIPT = `
document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  for (const name of ['username', 'tenant_name']) if (!fields[name]) delete fields[name];
  const token = new URLSearchParams(location.search).get('token') ?? '';
  const answer = await fetch('/api/platform/setup', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, ...fields }),
  });
  const body = await answer.json().catch(() => ({}));
  document.querySelector('output').textContent = answer.ok
    ? 'Done. You can sign in with this address and password now.'
    : (body.errors?.map((error) => error.path.split('/').pop() + ' ' + error.message).join(', ') ?? body.title
      ?? 'The server answered ' + answer.status);
});
`;
const BODY = `<h1>Set up Patchbay</h1>
<p>Choose the first administrator of this server.</p>
<form>
  <label>E-mail address <input name="email" type="email" autocomplete="username" required></label>
  <label>User name (optional) <input name="username" pattern="[A-Za-z0-9._\\-]{2,64}"></label>
  <label>Organisation (optional) <input name="tenant_name" maxlength="200" autocomplete="organization"></label>
  <label>Password <input name="password" type="password" autocomplete="new-password" minlength="8" required></label>
  <button>Set up</button>
</form>
<output></output>`;

export const setupPage = route({
  method: 'GET',
  path: '/setup',
  plainPage: true,
  access: 'public',
  summary: 'The page of the set-up link',
  responses: { 200: null },
  produces: ['text/html'],
  handler: () => htmlPage({ title: 'Set up Patchbay', style: STYLE, script: SCRIPT, body: BODY }),
});
