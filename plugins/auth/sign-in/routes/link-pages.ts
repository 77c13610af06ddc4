/** The pages behind the links of auth's mails: small ones, for as long as no plugin brings an interface of its own. */
import { escapeHtml, htmlPage } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import { STYLE } from './page-style.ts';

interface LinkPage {
  path: string;
  title: string;
  text: string;
  button: string;
  /** Inputs beside the token of the link. */
  fields: string;
  /** Where the token and the fields go. */
  target: string;
  done: string;
}

const NEW_PASSWORD = 'type="password" autocomplete="new-password" minlength="8" required';

const PAGES: readonly LinkPage[] = [
  {
    path: '/auth/invitation',
    title: 'Your invitation',
    text: 'Choose a password for your account.',
    button: 'Create account',
    fields: `<label>Your name (optional) <input name="full_name" maxlength="200" autocomplete="name"></label>
  <label>Password <input name="password" ${NEW_PASSWORD}></label>`,
    target: '/api/platform/auth/invitations/accept',
    done: 'Done. You can sign in with the address of the invitation and this password now.',
  },
  {
    path: '/auth/reset-password',
    title: 'A new password',
    text: 'Choose a new password. All sessions end.',
    button: 'Set the password',
    fields: `<label>New password <input name="new_password" ${NEW_PASSWORD}></label>`,
    target: '/api/v2/auth/reset-password',
    done: 'Done. You can sign in with the new password now.',
  },
  {
    path: '/auth/verify-email',
    title: 'Your e-mail address',
    text: 'Confirm that this address is yours, and the account that the mail names. Whoever knows its password can sign in to it.',
    button: 'Confirm',
    fields: '',
    target: '/api/v2/auth/verify-email',
    done: 'Done. The address is confirmed.',
  },
  {
    path: '/auth/magic-link',
    title: 'Sign in',
    text: 'The link works once.',
    button: 'Sign in',
    fields: '<label>Code of the second factor, if you have one <input name="otp" autocomplete="one-time-code"></label>',
    target: '/api/v2/auth/magic-link/verify',
    done: 'You are signed in. Your access token, for half an hour or what the operator says:',
  },
];

/** A button and no deed on loading: programs that look into mails open their links. */
const script = (page: LinkPage) => `
document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const fields = Object.entries(Object.fromEntries(new FormData(event.target))).filter(([, value]) => value !== '');
  const token = new URLSearchParams(location.search).get('token') ?? '';
  const answer = await fetch(${JSON.stringify(page.target)}, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, ...Object.fromEntries(fields) }),
  });
  const body = await answer.json().catch(() => ({}));
  const reasons = Array.isArray(body.detail) ? body.detail.map(({ msg }) => msg).join(', ') : body.detail;
  document.querySelector('output').textContent = answer.ok
    ? ${JSON.stringify(page.done)} + (location.pathname === '/auth/magic-link' ? ' ' + body.access_token : '')
    : (reasons ?? body.title ?? body.error ?? 'The server answered ' + answer.status);
});
`;

export const linkPages = PAGES.map((page) =>
  route({
    method: 'GET',
    path: page.path,
    access: 'public',
    plainPage: true,
    summary: `The page of a mailed link: ${page.title}`,
    responses: { 200: null },
    produces: ['text/html'],
    handler: () =>
      htmlPage({
        title: page.title,
        style: STYLE,
        script: script(page),
        body: `<h1>${escapeHtml(page.title)}</h1>
<p>${escapeHtml(page.text)}</p>
<form>
  ${page.fields}
  <button>${escapeHtml(page.button)}</button>
</form>
<output></output>`,
      }),
  }),
);
