/** Operations on credentials whose callers are judged by something else than their rights. */

/** They ask for a proof of their own instead: a password, a mailed link, a code, a passkey. Or they only end something. */
export const PROVED_OTHERWISE = [
  ...['accept', 'passkeys'].map(
    (name) => `POST /api/platform/auth/${name === 'accept' ? 'invitations/accept' : `${name}/sign-in`}`,
  ),
  'POST /api/platform/auth/passkeys/sign-in/options',
  'POST /api/platform/auth/oidc/otp',
  ...['', '/restore', '/restore/{id}/pieces', '/restore/{id}/backups', '/restore/{id}/begin'].map(
    (path) => `POST /api/platform/setup${path}`,
  ),
  ...['', '/magic-link', '/passkey', '/oidc', '/register', '/invitation', '/setup'].map(
    (way) => `POST /api/platform/auth/session${way}`,
  ),
  'DELETE /api/platform/auth/session',
  'DELETE /api/platform/auth/sessions',
  ...[
    'forgot-password',
    'login',
    'magic-link/request',
    'magic-link/verify',
    'refresh',
    'register',
    'reset-password',
  ].map((name) => `POST /api/v2/auth/${name}`),
  'POST /api/v2/auth/verify-email',
  'POST /api/v2/auth/logout',
  'POST /api/login',
  'POST /api/logout',
  'POST /api/licenses/device-link',
];
